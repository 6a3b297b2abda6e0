/**
 * The methods of a buffer that neither search nor read numbers.
 */
import { INSPECT_MAX_BYTES, kMaxLength } from 'socket:internal/buffer/constants'
import { checkEncoding, decode, encodeInto } from 'socket:internal/buffer/encoding'
import { codedError, invalidArgType, outOfRange } from 'socket:internal/node-errors'

/** The methods, by name; installed on the prototype of `Buffer`. */
export const methods = {
  /** The text of a part. */
  toString (encoding, start, end) {
    if (arguments.length === 0) return decode(this, 'utf8')
    const from = clampIndex(start, 0, this.length)
    const to = clampIndex(end, this.length, this.length)
    if (from >= to) return ''
    return decode(new Uint8Array(this.buffer, this.byteOffset + from, to - from), checkEncoding(encoding))
  },

  /** The text of the whole, as Node shows it to people. */
  toLocaleString (encoding, start, end) {
    return this.toString(encoding, start, end)
  },

  /** Writes text and says how many bytes that took. */
  write (text, offset, length, encoding) {
    if (typeof text !== 'string') throw codedError(TypeError, 'ERR_INVALID_ARG_TYPE', 'argument must be a string')
    if (offset === undefined) return encodeInto(this, text, 'utf8')
    if (typeof offset === 'string') [offset, length, encoding] = [undefined, undefined, offset]
    else if (typeof length === 'string') [length, encoding] = [undefined, length]
    const from = checkRange('offset', orElse(offset, 0), this.length)
    const room = this.length - from
    const most = length === undefined ? room : Math.min(checkRange('length', length, this.length), room)
    return encodeInto(new Uint8Array(this.buffer, this.byteOffset + from, most), text, checkEncoding(encoding))
  },

  /** Whether the other has the same bytes. */
  equals (other) {
    checkBytes(other, 'otherBuffer')
    return compareBytes(this, other) === 0
  },

  /** Which of two parts comes first: -1, 0 or 1. */
  compare (target, targetStart, targetEnd, sourceStart, sourceEnd) {
    checkBytes(target, 'target')
    const a = checkRange('targetStart', orElse(targetStart, 0), kMaxLength)
    const b = checkRange('targetEnd', orElse(targetEnd, target.length), target.length)
    const c = checkRange('sourceStart', orElse(sourceStart, 0), kMaxLength)
    const d = checkRange('sourceEnd', orElse(sourceEnd, this.length), this.length)
    if (c >= d) return a >= b ? 0 : -1
    if (a >= b) return 1
    return compareBytes(bytesOf(this, c, d), bytesOf(target, a, b))
  },

  /** Copies a part into another array of bytes and says how many that were. */
  copy (target, targetStart, sourceStart, sourceEnd) {
    checkBytes(target, 'target')
    const at = toIndex(targetStart, 'targetStart')
    const from = toIndex(sourceStart, 'sourceStart', this.length)
    const to = sourceEnd === undefined ? this.length : toIndex(sourceEnd, 'sourceEnd')
    if (at >= target.length || from >= to) return 0
    const count = Math.min(to - from, target.length - at, this.length - from)
    bytesOf(target, at, at + count).set(bytesOf(this, from, from + count))
    return count
  },

  /** A part that shares its memory with the whole. */
  slice (start, end) {
    return this.subarray(start, end)
  },

  /** Swaps each pair of bytes. */
  swap16 () {
    return swap(this, 2)
  },

  /** Swaps each group of four bytes. */
  swap32 () {
    return swap(this, 4)
  },

  /** Swaps each group of eight bytes. */
  swap64 () {
    return swap(this, 8)
  },

  /** The form that `JSON.stringify` writes. */
  toJSON () {
    return { type: 'Buffer', data: Array.from(this) }
  },

  /** The form that `inspect` shows. */
  inspect () {
    const shown = bytesOf(this, 0, Math.min(this.length, INSPECT_MAX_BYTES))
    const rest = this.length - shown.length
    let text = decode(shown, 'hex').replace(/(.{2})(?=.)/g, '$1 ')
    if (rest > 0) text += ` ... ${rest} more byte${rest > 1 ? 's' : ''}`
    return `<Buffer${text ? ` ${text}` : ''}>`
  }
}
methods.inspect[Symbol.for('socket.util.inspect.ignore')] = true

for (const encoding of ['ascii', 'base64', 'base64url', 'latin1', 'hex', 'utf8']) {
  methods[`${encoding}Slice`] = function (start, end) { return this.toString(encoding, start, end) }
  methods[`${encoding}Write`] = function (text, offset, length) { return this.write(text, offset, length, encoding) }
}
methods.ucs2Slice = function (start, end) { return this.toString('utf16le', start, end) }
methods.ucs2Write = function (text, offset, length) { return this.write(text, offset, length, 'utf16le') }

/**
 * Orders two arrays of bytes: -1, 0 or 1.
 * @param {Uint8Array} a
 * @param {Uint8Array} b
 * @return {number}
 */
export function compareBytes (a, b) {
  const shared = Math.min(a.length, b.length)
  for (let index = 0; index < shared; index += 1) {
    if (a[index] !== b[index]) return a[index] < b[index] ? -1 : 1
  }
  return Math.sign(a.length - b.length)
}

/** Insists on an array of bytes. */
export function checkBytes (value, name) {
  if (!(value instanceof Uint8Array)) throw invalidArgType(name, 'an instance of Buffer or Uint8Array', value)
  return value
}

/** Insists on a whole number in a range. */
export function checkRange (name, value, max = Number.MAX_SAFE_INTEGER) {
  if (typeof value !== 'number') throw invalidArgType(name, 'of type number', value)
  if (!Number.isInteger(value)) throw outOfRange(name, 'an integer', value)
  if (value < 0 || value > max) throw outOfRange(name, `>= 0 && <= ${max}`, value)
  return value
}

function bytesOf (buffer, start, end) {
  return new Uint8Array(buffer.buffer, buffer.byteOffset + start, Math.max(0, end - start))
}

/** Only what is left out is replaced: `null` is an error, as in Node. */
function orElse (value, fallback) {
  return value === undefined ? fallback : value
}

/** `copy` takes anything as an index that can be read as a number. */
function toIndex (value, name, max = Infinity) {
  const number = Number(value)
  const index = Number.isFinite(number) ? Math.trunc(number) : 0
  if (index < 0 || index > max) throw outOfRange(name, max === Infinity ? '>= 0' : `>= 0 && <= ${max}`, index)
  return index
}

function clampIndex (value, fallback, length) {
  if (value === undefined) return fallback
  const index = Math.trunc(Number(value)) || 0
  return Math.min(Math.max(index, 0), length)
}

function swap (buffer, width) {
  if (buffer.length % width !== 0) {
    const bits = width * 8
    throw codedError(RangeError, 'ERR_INVALID_BUFFER_SIZE', `Buffer size must be a multiple of ${bits}-bits`)
  }
  for (let start = 0; start < buffer.length; start += width) bytesOf(buffer, start, start + width).reverse()
  return buffer
}
