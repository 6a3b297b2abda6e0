/**
 * Checks what the functions of `socket:fs` are given, before any of it reaches the native side.
 */
import { Buffer } from 'socket:buffer'
import { codedError, invalidArgType, invalidArgValue, outOfRange } from 'socket:internal/node-errors'

const PATH_TYPES = 'of type string or an instance of Buffer or URL'
const DATA_TYPES = 'of type string or an instance of Buffer, TypedArray, or DataView'

/**
 * Makes a path of a string, bytes or a URL. A `socket:` URL names a file of the app.
 * @param {string|Uint8Array|URL} value
 * @param {string} [name] of the argument
 * @return {string}
 */
export function toPath (value, name = 'path') {
  let path = value
  if (value instanceof URL || (typeof value === 'object' && value?.href && value?.protocol)) {
    path = fromURL(value, name)
  } else if (value instanceof Uint8Array) {
    path = new TextDecoder().decode(value)
  }
  if (typeof path !== 'string') throw invalidArgType(name, PATH_TYPES, value)
  if (path.includes('\0')) throw invalidArgValue(name, value, 'must be a string or Uint8Array without null bytes')
  return path
}

/**
 * Checks a file mode: an integer, or an octal string.
 * @param {number|string} [value]
 * @param {number} [otherwise]
 * @param {string} [name]
 * @return {number|undefined}
 */
export function toMode (value, otherwise, name = 'mode') {
  if (value === undefined || value === null) {
    if (otherwise !== undefined) return otherwise
    throw invalidArgType(name, 'of type number', value)
  }
  if (typeof value === 'string') {
    if (!/^[0-7]+$/.test(value)) throw invalidArgValue(name, value, 'must be a 32-bit unsigned integer or an octal string')
    return Number.parseInt(value, 8)
  }
  return toInteger(value, name, 0, 0xffff_ffff)
}

/**
 * Checks an integer.
 * @param {any} value
 * @param {string} name
 * @param {number} [least]
 * @param {number} [most]
 * @return {number}
 */
export function toInteger (value, name, least = 0, most = Number.MAX_SAFE_INTEGER) {
  const number = typeof value === 'bigint' ? Number(value) : value
  if (typeof number !== 'number') throw invalidArgType(name, 'of type number', value)
  if (!Number.isInteger(number)) throw outOfRange(name, 'an integer', value)
  if (number < least || number > most) throw outOfRange(name, `>= ${least} && <= ${most}`, value)
  return number
}

/**
 * Checks options that may be an encoding.
 * @param {string|object|null} [options]
 * @param {object} [defaults]
 * @return {object}
 */
export function toOptions (options, defaults = {}) {
  if (options === undefined || options === null || typeof options === 'function') return { ...defaults }
  if (typeof options === 'string') return checkEncoding({ ...defaults, encoding: options })
  if (typeof options !== 'object') throw invalidArgType('options', 'of type string or an instance of Object', options)
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
  const { signal } = given
  if (signal && typeof signal.addEventListener !== 'function') {
    throw invalidArgType('options.signal', 'an instance of AbortSignal', signal)
  }
  return checkEncoding({ ...defaults, ...given })
}

/**
 * Makes bytes of data without copying what is bytes already.
 * @param {any} data
 * @param {string} [encoding]
 * @param {string} [name]
 * @return {Uint8Array}
 */
export function toBytes (data, encoding = 'utf8', name = 'data') {
  if (typeof data === 'string') {
    return /^utf-?8$/i.test(encoding ?? 'utf8') ? new TextEncoder().encode(data) : Buffer.from(data, encoding)
  }
  if (data instanceof ArrayBuffer) return new Uint8Array(data)
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
  throw invalidArgType(name, DATA_TYPES, data)
}

/**
 * Gives bytes as a Buffer, or as a string if an encoding is named.
 * @param {Uint8Array} bytes
 * @param {string|null} [encoding]
 * @return {Buffer|string}
 */
export function fromBytes (bytes, encoding) {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return encoding && encoding !== 'buffer' ? buffer.toString(encoding) : buffer
}

/**
 * Gives a name or path in the encoding that was asked for.
 * @param {string} text
 * @param {string|null} [encoding]
 * @return {Buffer|string}
 */
export function fromText (text, encoding) {
  if (!encoding || /^utf-?8$/i.test(encoding)) return text
  return encoding === 'buffer' ? Buffer.from(text) : Buffer.from(text).toString(encoding)
}

/**
 * Makes milliseconds of a time in seconds, a `Date` or a numeric string.
 * @param {number|string|Date|bigint} value
 * @param {string} name
 * @return {number}
 */
export function toMilliseconds (value, name) {
  if (value instanceof Date && Number.isFinite(value.getTime())) return value.getTime()
  if (typeof value === 'bigint') return Number(value) * 1000
  const seconds = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  if (typeof seconds === 'number' && Number.isFinite(seconds)) return seconds * 1000
  throw invalidArgType(name, 'of type number or an instance of Date', value)
}

/**
 * Checks flags for opening a file.
 * @param {string|number} [value]
 * @param {string} [otherwise]
 * @return {string|number}
 */
export function toFlags (value, otherwise = 'r') {
  if (value === undefined || value === null) return otherwise
  if (typeof value === 'number') return toInteger(value, 'flags', 0, 0x7fff_ffff)
  if (typeof value !== 'string') throw invalidArgType('flags', 'of type string or number', value)
  if (!/^(r|rs|sr|[wa]x?|x[wa]|as|sa)\+?$/.test(value)) throw invalidArgValue('flags', value)
  return value
}

/**
 * Checks a callback.
 * @param {any} value
 * @param {string} [name]
 * @return {Function}
 */
export function toCallback (value, name = 'cb') {
  if (typeof value !== 'function') throw invalidArgType(name, 'of type function', value)
  return value
}

/**
 * Checks a position in a file; null is the current one.
 * @param {number|bigint|null} [value]
 * @return {number|null}
 */
export function toPosition (value) {
  if (value === undefined || value === null || value === -1 || value === -1n) return null
  return toInteger(value, 'position')
}

function checkEncoding (options) {
  const { encoding } = options
  if (encoding && encoding !== 'buffer' && !Buffer.isEncoding(encoding)) {
    throw invalidArgValue('encoding', encoding, 'is invalid encoding')
  }
  return options
}

function fromURL (url, name) {
  if (url.protocol === 'file:') return decodeURIComponent(url.pathname)
  if (url.protocol === 'socket:' && url.host === 'localhost') return decodeURIComponent(url.pathname).replace(/^\/+/, '')
  const message = `The URL of "${name}" must be of scheme file or name a file of the app, not ${url.protocol}`
  throw codedError(TypeError, 'ERR_INVALID_URL_SCHEME', message)
}
