/**
 * Finding and filling: `indexOf`, `lastIndexOf`, `includes` and `fill` of a buffer.
 */
import { kMaxLength } from 'socket:internal/buffer/constants'
import { checkEncoding, encode, normalizeEncoding } from 'socket:internal/buffer/encoding'
import { invalidArgType, invalidArgValue, outOfRange } from 'socket:internal/node-errors'

/** The methods, by name; installed on the prototype of `Buffer`. */
export const searchMethods = {
  /** Where a value first occurs at or after an offset, or -1. */
  indexOf (value, offset, encoding) {
    return find(this, value, offset, encoding, true)
  },

  /** Where a value last occurs at or before an offset, or -1. */
  lastIndexOf (value, offset, encoding) {
    return find(this, value, offset, encoding, false)
  },

  /** Whether a value occurs at or after an offset. */
  includes (value, offset, encoding) {
    return find(this, value, offset, encoding, true) !== -1
  },

  /** Fills a part with a repeated value. */
  fill (value, offset, end, encoding) {
    if (typeof value === 'string' && (offset === undefined || typeof offset === 'string')) [offset, end, encoding] = [undefined, undefined, offset]
    else if (typeof value === 'string' && typeof end === 'string') [end, encoding] = [undefined, end]
    const start = offset === undefined ? 0 : checkBound('offset', offset, kMaxLength)
    const stop = offset === undefined || end === undefined ? this.length : checkBound('end', end, this.length)
    if (typeof value === 'string') value = fillBytes(value, encoding, start < stop)
    if (start >= stop) return this
    if (!ArrayBuffer.isView(value)) {
      Uint8Array.prototype.fill.call(this, typeof value === 'boolean' ? Number(value) : value & 255, start, stop)
      return this
    }
    if (value.byteLength === 0) throw invalidArgValue('value', value)
    const pattern = new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
    for (let index = start; index < stop; index += 1) this[index] = pattern[(index - start) % pattern.length]
    return this
  }
}

/** An empty string fills with zeros; one that holds no byte in its encoding is an error. */
function fillBytes (text, encoding, isNeeded) {
  if (encoding !== undefined && typeof encoding !== 'string') {
    throw invalidArgType('encoding', 'of type string', encoding)
  }
  const name = checkEncoding(encoding)
  if (text === '') return 0
  const bytes = encode(text, name)
  if (bytes.length === 0 && isNeeded) throw invalidArgValue('value', text)
  return bytes.length === 1 ? bytes[0] : bytes
}

function checkBound (name, value, max) {
  if (typeof value !== 'number') throw invalidArgType(name, 'of type number', value)
  if (!Number.isInteger(value) && Number.isFinite(value)) throw outOfRange(name, 'an integer', value)
  if (!(value >= 0 && value <= max)) throw outOfRange(name, `>= 0 and <= ${max}`, value)
  return value
}

function find (buffer, value, offset, encoding, isForward) {
  if (typeof offset === 'string') [offset, encoding] = [undefined, offset]
  const start = startOf(offset, buffer.length, isForward)
  if (typeof value === 'number') {
    if (start === null) return -1
    return scan(buffer, Uint8Array.of(value & 255), start, isForward, 1)
  }
  let step = 1
  if (typeof value === 'string') {
    const name = checkEncoding(encoding)
    value = encode(value, name)
    if (name === 'utf16le') step = 2
  } else if (!(value instanceof Uint8Array)) {
    const expected = 'one of type number or string or an instance of Buffer or Uint8Array'
    throw invalidArgType('value', expected, value)
  } else if (normalizeEncoding(encoding) === 'utf16le') {
    step = 2
  }
  if (value.length === 0) return emptyAt(offset, buffer.length, isForward)
  return start === null ? -1 : scan(buffer, value, start, isForward, step)
}

/** Where a search starts; null if nothing can be found from there. */
function startOf (offset, length, isForward) {
  let start = Number(offset)
  if (offset === undefined || Number.isNaN(start)) start = isForward ? 0 : length
  start = Math.trunc(start)
  if (start < 0) start += length
  if (start < 0) return isForward ? 0 : null
  if (start >= length) return isForward ? null : length - 1
  return start
}

/** An empty value is found where the search starts, be it the very end. */
function emptyAt (offset, length, isForward) {
  const given = Number(offset)
  if (offset === undefined || Number.isNaN(given)) return isForward ? 0 : length
  return Math.min(Math.max(Math.trunc(given < 0 ? given + length : given), 0), length)
}

function scan (buffer, value, start, isForward, step) {
  const last = buffer.length - value.length
  const advance = isForward ? step : -step
  if (isForward && start > last) return -1
  let index = isForward ? start : Math.min(start, last)
  if (step === 2) index -= index & 1
  for (; index >= 0 && index <= last; index += advance) {
    let matched = 0
    while (matched < value.length && buffer[index + matched] === value[matched]) matched += 1
    if (matched === value.length) return index
  }
  return -1
}
