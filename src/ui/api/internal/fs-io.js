/**
 * How `read` and `write` of a file are given what to read and write, in all their forms.
 */
import { Buffer } from 'socket:buffer'
import { invalidArgType, outOfRange } from 'socket:internal/node-errors'
import { toBytes, toInteger, toPosition } from 'socket:internal/fs-args'

const READ_BYTES_DEFAULT = 16 * 1024

/**
 * Understands `read(buffer, offset, length, position)`, `read(buffer, options)` and `read(options)`.
 * @param {any} buffer
 * @param {any} offset
 * @param {any} length
 * @param {any} position
 * @return {{ buffer: ArrayBufferView, target: Uint8Array, position: number|null }}
 */
export function parseRead (buffer, offset, length, position) {
  if (!isBytes(buffer)) {
    if (buffer !== undefined && buffer !== null && typeof buffer !== 'object') throw bufferExpected(buffer)
    const options = buffer ?? {}
    if (options.buffer !== undefined && !isBytes(options.buffer)) throw bufferExpected(options.buffer)
    const own = options.buffer ?? Buffer.alloc(READ_BYTES_DEFAULT)
    return parseRead(own, options.offset, options.length, options.position)
  }
  if (typeof offset === 'object' && offset !== null) {
    return parseRead(buffer, offset.offset, offset.length, offset.position)
  }
  const target = range(toBytes(buffer), offset, length)
  return { buffer, target, position: toPosition(position) }
}

/**
 * Understands `write(buffer, offset, length, position)`, `write(buffer, options)` and
 * `write(string, position, encoding)`.
 * @param {any} data
 * @param {any} offset
 * @param {any} length
 * @param {any} position
 * @return {{ buffer: any, source: Uint8Array, position: number|null }}
 */
export function parseWrite (data, offset, length, position) {
  if (typeof data === 'string') {
    const encoding = typeof length === 'string' ? length : 'utf8'
    return { buffer: data, source: toBytes(data, encoding), position: toPosition(offset) }
  }
  if (!isBytes(data)) throw bufferExpected(data)
  if (typeof offset === 'object' && offset !== null) {
    return parseWrite(data, offset.offset, offset.length, offset.position)
  }
  return { buffer: data, source: range(toBytes(data), offset, length), position: toPosition(position) }
}

function range (bytes, offset, length) {
  const from = offset === undefined || offset === null ? 0 : toInteger(offset, 'offset')
  if (from > bytes.length) throw outOfRange('offset', `>= 0 && <= ${bytes.length}`, offset)
  const left = bytes.length - from
  const size = length === undefined || length === null ? left : toInteger(length, 'length')
  if (size > left) throw outOfRange('length', `>= 0 && <= ${left}`, length)
  return bytes.subarray(from, from + size)
}

function isBytes (value) {
  return ArrayBuffer.isView(value) || value instanceof ArrayBuffer
}

function bufferExpected (value) {
  return invalidArgType('buffer', 'an instance of Buffer, TypedArray, or DataView', value)
}
