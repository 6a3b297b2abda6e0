/**
 * Text to bytes and back, in every encoding that Node's buffers know.
 */
import { invalidArgType, unknownEncoding } from 'socket:internal/node-errors'

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
const CHUNK = 8192
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const ALPHABET_URL = ALPHABET.replace('+/', '-_')

/** The value of each base64 character, in both alphabets; 255 for any other. */
const SEXTET = new Uint8Array(256).fill(255)
for (let value = 0; value < 64; value += 1) {
  SEXTET[ALPHABET.charCodeAt(value)] = value
  SEXTET[ALPHABET_URL.charCodeAt(value)] = value
}

const NAMES = {
  utf8: 'utf8',
  'utf-8': 'utf8',
  utf16le: 'utf16le',
  'utf-16le': 'utf16le',
  ucs2: 'utf16le',
  'ucs-2': 'utf16le',
  latin1: 'latin1',
  binary: 'latin1',
  ascii: 'ascii',
  hex: 'hex',
  base64: 'base64',
  base64url: 'base64url'
}

/**
 * The one name of an encoding.
 * @param {unknown} encoding
 * @return {string|undefined}
 */
export function normalizeEncoding (encoding) {
  return NAMES[String(encoding).toLowerCase()]
}

/**
 * The one name of an encoding; utf8 if none is given.
 * @param {unknown} encoding
 * @return {string}
 */
export function checkEncoding (encoding) {
  if (encoding === undefined || encoding === null || encoding === '') return 'utf8'
  const name = normalizeEncoding(encoding)
  if (name === undefined) throw unknownEncoding(encoding)
  return name
}

/**
 * How many bytes a text takes.
 * @param {string} text
 * @param {string} encoding one that `checkEncoding` returned
 * @return {number}
 */
export function encodedLength (text, encoding) {
  if (encoding === 'utf16le') return text.length * 2
  if (encoding === 'hex') return text.length >>> 1
  if (encoding === 'latin1' || encoding === 'ascii') return text.length
  if (encoding === 'utf8') return utf8Length(text)
  let length = text.length
  while (length > 0 && text.length - length < 2 && text[length - 1] === '=') length -= 1
  return (length * 3) >>> 2
}

/**
 * The bytes of a text.
 * @param {string} text
 * @param {string} encoding one that `checkEncoding` returned
 * @return {Uint8Array}
 */
export function encode (text, encoding) {
  if (encoding === 'utf8') return encoder.encode(text)
  if (encoding === 'hex') return encodeHex(text)
  if (encoding === 'base64' || encoding === 'base64url') return encodeBase64(text)
  if (encoding === 'utf16le') {
    const bytes = new Uint8Array(text.length * 2)
    for (let index = 0; index < text.length; index += 1) {
      const unit = text.charCodeAt(index)
      bytes[index * 2] = unit
      bytes[index * 2 + 1] = unit >>> 8
    }
    return bytes
  }
  const bytes = new Uint8Array(text.length)
  for (let index = 0; index < text.length; index += 1) bytes[index] = text.charCodeAt(index)
  return bytes
}

/**
 * Writes as much of a text as fits, whole characters only.
 * @param {Uint8Array} target
 * @param {string} text
 * @param {string} encoding one that `checkEncoding` returned
 * @return {number} bytes written
 */
export function encodeInto (target, text, encoding) {
  if (encoding === 'utf8') return encoder.encodeInto(text, target).written
  let bytes = encode(text, encoding)
  if (bytes.length > target.length) {
    bytes = bytes.subarray(0, encoding === 'utf16le' ? target.length & ~1 : target.length)
  }
  target.set(bytes)
  return bytes.length
}

/**
 * The text of bytes.
 * @param {Uint8Array} bytes
 * @param {string} encoding one that `checkEncoding` returned
 * @return {string}
 */
export function decode (bytes, encoding) {
  switch (encoding) {
    case 'utf8': return decoder.decode(bytes)
    case 'hex': return decodeHex(bytes)
    case 'base64': return decodeBase64(bytes, ALPHABET, '=')
    case 'base64url': return decodeBase64(bytes, ALPHABET_URL, '')
    case 'utf16le': return decodeUnits(bytes)
    case 'ascii': return decodeCodes(bytes.map((byte) => byte & 0x7f))
    default: return decodeCodes(bytes)
  }
}

/** Whether bytes are valid UTF-8. */
export function isUtf8Bytes (bytes) {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return true
  } catch {
    return false
  }
}

/** Insists on a string, for functions that encode one. */
export function checkText (value, name) {
  if (typeof value !== 'string') throw invalidArgType(name, 'of type string', value)
  return value
}

function utf8Length (text) {
  let length = 0
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index)
    if (unit < 0x80) length += 1
    else if (unit < 0x800) length += 2
    else if (unit >= 0xd800 && unit < 0xdc00 && (text.charCodeAt(index + 1) & 0xfc00) === 0xdc00) {
      length += 4
      index += 1
    } else length += 3
  }
  return length
}

/** Stops at the first pair that is not hexadecimal. */
function encodeHex (text) {
  const bytes = new Uint8Array(text.length >>> 1)
  for (let index = 0; index < bytes.length; index += 1) {
    const pair = text.slice(index * 2, index * 2 + 2)
    if (!/^[0-9a-f]{2}$/i.test(pair)) return bytes.slice(0, index)
    bytes[index] = parseInt(pair, 16)
  }
  return bytes
}

/** Skips what is not base64 and stops at the padding. */
function encodeBase64 (text) {
  const bytes = new Uint8Array(Math.ceil(text.length * 3 / 4))
  let length = 0
  let bits = 0
  let held = 0
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index)
    if (code === 61) break
    const value = code < 256 ? SEXTET[code] : 255
    if (value === 255) continue
    held = (held << 6) | value
    bits += 6
    if (bits >= 8) {
      bits -= 8
      bytes[length] = held >>> bits
      length += 1
      held &= (1 << bits) - 1
    }
  }
  return bytes.slice(0, length)
}

function decodeHex (bytes) {
  let text = ''
  for (const byte of bytes) text += HEX[byte]
  return text
}

function decodeBase64 (bytes, alphabet, padding) {
  let text = ''
  const whole = bytes.length - bytes.length % 3
  for (let index = 0; index < whole; index += 3) {
    const bits = (bytes[index] << 16) | (bytes[index + 1] << 8) | bytes[index + 2]
    text += alphabet[bits >>> 18] + alphabet[(bits >>> 12) & 63] + alphabet[(bits >>> 6) & 63] + alphabet[bits & 63]
  }
  if (bytes.length - whole === 1) {
    const bits = bytes[whole]
    text += alphabet[bits >>> 2] + alphabet[(bits << 4) & 63] + padding + padding
  } else if (bytes.length - whole === 2) {
    const bits = (bytes[whole] << 8) | bytes[whole + 1]
    text += alphabet[bits >>> 10] + alphabet[(bits >>> 4) & 63] + alphabet[(bits << 2) & 63] + padding
  }
  return text
}

/** One character for each byte, in pieces that an argument list can hold. */
function decodeCodes (codes) {
  let text = ''
  for (let start = 0; start < codes.length; start += CHUNK) {
    text += String.fromCharCode.apply(null, codes.subarray(start, start + CHUNK))
  }
  return text
}

function decodeUnits (bytes) {
  const units = new Uint16Array(bytes.length >>> 1)
  for (let index = 0; index < units.length; index += 1) units[index] = bytes[index * 2] | (bytes[index * 2 + 1] << 8)
  return decodeCodes(units)
}
