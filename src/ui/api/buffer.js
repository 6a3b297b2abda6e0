/**
 * @module buffer
 *
 * `Buffer`, an array of bytes with Node's semantics, and the web's `Blob`, `File`, `atob` and `btoa`.
 *
 * ```js
 * import { Buffer } from 'socket:buffer'
 * ```
 */
import { constants, INSPECT_MAX_BYTES, kMaxLength, kStringMaxLength } from 'socket:internal/buffer/constants'
import { checkEncoding, checkText, encode, encodedLength, isUtf8Bytes, normalizeEncoding } from 'socket:internal/buffer/encoding'
import { checkBytes, checkRange, compareBytes, methods } from 'socket:internal/buffer/methods'
import { numberMethods } from 'socket:internal/buffer/numbers'
import { searchMethods } from 'socket:internal/buffer/search'
import { codedError, invalidArgType, outOfRange, unknownEncoding } from 'socket:internal/node-errors'

export { constants, INSPECT_MAX_BYTES, kMaxLength, kStringMaxLength }

/** The web's immutable bytes. */
export const Blob = globalThis.Blob
/** The web's named bytes. */
export const File = globalThis.File
/** Decodes base64 to a string of bytes. */
export const atob = globalThis.atob?.bind(globalThis)
/** Encodes a string of bytes as base64. */
export const btoa = globalThis.btoa?.bind(globalThis)

/** What every buffer is; `Buffer` shares its prototype and can be called without `new`. */
class Bytes extends Uint8Array {}

/**
 * The old constructor: a size, or what `Buffer.from` takes.
 * @class
 */
export function Buffer (value, encodingOrOffset, length) {
  if (typeof value !== 'number') return Buffer.from(value, encodingOrOffset, length)
  if (typeof encodingOrOffset === 'string') throw invalidArgType('string', 'of type string', value)
  return Buffer.alloc(value)
}

Object.setPrototypeOf(Buffer, Uint8Array)
Buffer.prototype = Bytes.prototype

for (const source of [methods, numberMethods, searchMethods]) {
  for (const [name, value] of Object.entries(source)) define(Buffer.prototype, name, value)
}
define(Buffer.prototype, 'constructor', Buffer)
define(Buffer.prototype, Symbol.for('nodejs.util.inspect.custom'), methods.inspect)
define(Buffer.prototype, 'subarray', function (start, end) {
  const from = sliceIndex(start ?? 0, this.length)
  const to = end === undefined ? this.length : sliceIndex(end, this.length)
  return new Bytes(this.buffer, this.byteOffset + from, Math.max(0, to - from))
})
for (const [name, key] of [['parent', 'buffer'], ['offset', 'byteOffset']]) {
  Object.defineProperty(Buffer.prototype, name, { get () { return this[key] }, configurable: true })
}

const statics = {
  poolSize: 8192,

  /** Makes a buffer from text, bytes, an array, or an `ArrayBuffer` whose memory it shares. */
  from (value, encodingOrOffset, length) {
    if (typeof value === 'string') return fromText(value, encodingOrOffset)
    if (value !== null && typeof value === 'object') {
      if (isArrayBuffer(value)) return fromMemory(value, encodingOrOffset, length)
      const own = value.valueOf?.()
      if (own != null && own !== value && (typeof own === 'string' || typeof own === 'object')) {
        return Buffer.from(own, encodingOrOffset, length)
      }
      const made = fromObject(value)
      if (made) return made
      if (typeof value[Symbol.toPrimitive] === 'function') {
        const primitive = value[Symbol.toPrimitive]('string')
        if (typeof primitive === 'string') return fromText(primitive, encodingOrOffset)
      }
    }
    const expected = 'of type string or an instance of Buffer, ArrayBuffer, or Array or an Array-like Object'
    throw invalidArgType('first argument', expected, value)
  },

  /** Makes a buffer of a size, filled with zeros or a value. */
  alloc (size, fill, encoding) {
    const buffer = new Bytes(checkSize(size))
    return fill === undefined || fill === 0 || size === 0 ? buffer : buffer.fill(fill, encoding)
  },

  /** Makes a buffer of a size. Its bytes are zero here: nothing is gained by showing old memory. */
  allocUnsafe (size) {
    return new Bytes(checkSize(size))
  },

  /** Makes a buffer of a size with memory of its own. */
  allocUnsafeSlow (size) {
    return new Bytes(checkSize(size))
  },

  /** Joins arrays of bytes. */
  concat (list, totalLength) {
    if (!Array.isArray(list)) throw invalidArgType('list', 'an instance of Array', list)
    const length = totalLength === undefined
      ? list.reduce((sum, each) => sum + (each?.length || 0), 0)
      : checkRange('length', totalLength)
    const joined = new Bytes(length)
    let at = 0
    for (const [index, each] of list.entries()) {
      checkBytes(each, `list[${index}]`)
      const part = at + each.length > length ? each.subarray(0, Math.max(0, length - at)) : each
      joined.set(part, Math.min(at, length))
      at += part.length
    }
    return joined
  },

  /** Orders two arrays of bytes: -1, 0 or 1. */
  compare (a, b) {
    return compareBytes(checkBytes(a, 'buf1'), checkBytes(b, 'buf2'))
  },

  /** Copies a part of a typed array. */
  copyBytesFrom (view, offset = 0, length) {
    if (!ArrayBuffer.isView(view) || view instanceof DataView) throw invalidArgType('view', 'an instance of TypedArray', view)
    checkRange('offset', offset)
    const part = view.subarray(offset, length === undefined ? undefined : offset + checkRange('length', length))
    return Buffer.from(new Uint8Array(part.buffer, part.byteOffset, part.byteLength))
  },

  /** Whether a value is a buffer. */
  isBuffer (value) {
    return value instanceof Bytes
  },

  /** Whether an encoding is known. */
  isEncoding (encoding) {
    return typeof encoding === 'string' && encoding.length > 0 && normalizeEncoding(encoding) !== undefined
  },

  /** How many bytes a value takes. */
  byteLength (value, encoding) {
    if (typeof value === 'string') return encodedLength(value, normalizeEncoding(encoding || 'utf8') ?? 'utf8')
    if (ArrayBuffer.isView(value) || isArrayBuffer(value)) return value.byteLength
    throw invalidArgType('string', 'of type string or an instance of Buffer or ArrayBuffer', value)
  },

  /** Makes a buffer of the given bytes. */
  of (...bytes) {
    return fromList(bytes)
  }
}
for (const [name, value] of Object.entries(statics)) define(Buffer, name, value)
Object.defineProperty(Buffer, Symbol.species, { get () { return Bytes }, configurable: true })

/** The old name of `Buffer.allocUnsafeSlow`. */
export function SlowBuffer (size) {
  return Buffer.allocUnsafeSlow(size)
}

/**
 * Whether bytes are valid UTF-8.
 * @param {ArrayBuffer|Uint8Array} bytes
 * @return {boolean}
 */
export function isUtf8 (bytes) {
  return isUtf8Bytes(bytes)
}

/**
 * Whether all bytes are below 128.
 * @param {ArrayBuffer|Uint8Array} bytes
 * @return {boolean}
 */
export function isAscii (bytes) {
  const list = ArrayBuffer.isView(bytes) ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength) : new Uint8Array(bytes)
  return list.every((byte) => byte < 128)
}

/**
 * Changes the encoding of text in a buffer.
 * @param {Uint8Array} source
 * @param {string} from
 * @param {string} to
 * @return {Buffer}
 */
export function transcode (source, from, to) {
  const text = Buffer.from(checkBytes(source, 'source')).toString(from)
  const target = checkEncoding(to)
  const limit = { ascii: 127, latin1: 255 }[target]
  if (limit === undefined) return Buffer.from(text, target)
  return Buffer.from(Array.from(text, (character) => character.codePointAt(0) > limit ? '?' : character).join(''), target)
}

Object.assign(Buffer, {
  Buffer, SlowBuffer, Blob, File, atob, btoa, constants, INSPECT_MAX_BYTES, kMaxLength, kStringMaxLength, isUtf8, isAscii, transcode
})

export default Buffer

function define (target, name, value) {
  Object.defineProperty(target, name, { value, writable: true, configurable: true })
}

function isArrayBuffer (value) {
  const tag = Object.prototype.toString.call(value)
  return tag === '[object ArrayBuffer]' || tag === '[object SharedArrayBuffer]'
}

function fromText (text, encoding) {
  if (typeof encoding === 'string' && encoding !== '' && normalizeEncoding(encoding) === undefined) {
    throw unknownEncoding(encoding)
  }
  const bytes = encode(checkText(text, 'string'), normalizeEncoding(encoding || 'utf8') ?? 'utf8')
  return new Bytes(bytes.buffer, bytes.byteOffset, bytes.length)
}

function fromMemory (memory, byteOffset, length) {
  const offset = byteOffset === undefined ? 0 : Number(byteOffset) || 0
  const room = memory.byteLength - offset
  if (room < 0) throw outsideBounds('offset')
  if (length === undefined) return new Bytes(memory, offset, room)
  const size = Number(length) > 0 ? Number(length) : 0
  if (size > room) throw outsideBounds('length')
  return new Bytes(memory, offset, Math.trunc(size))
}

function fromObject (value) {
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) return fromList(value)
  if (value.length !== undefined || isArrayBuffer(value.buffer)) {
    return typeof value.length === 'number' ? fromList(Array.from(value)) : new Bytes(0)
  }
  return value.type === 'Buffer' && Array.isArray(value.data) ? fromList(value.data) : null
}

function fromList (list) {
  const buffer = new Bytes(list.length)
  if (list.length > 0) buffer.set(list)
  return buffer
}

function outsideBounds (name) {
  return codedError(RangeError, 'ERR_BUFFER_OUT_OF_BOUNDS', `"${name}" is outside of buffer bounds`)
}

function checkSize (size) {
  if (typeof size !== 'number') throw invalidArgType('size', 'of type number', size)
  if (!(size >= 0 && size <= kMaxLength)) throw outOfRange('size', `>= 0 && <= ${kMaxLength}`, size)
  return Math.trunc(size)
}

function sliceIndex (value, length) {
  const index = Math.trunc(Number(value)) || 0
  return index < 0 ? Math.max(0, index + length) : Math.min(index, length)
}
