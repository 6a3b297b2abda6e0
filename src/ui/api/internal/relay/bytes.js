/**
 * Turns what apps hand over into bytes, and bytes into the text that calls carry.
 */
import { Buffer } from 'socket:buffer'
import { invalidArgType, invalidArgValue } from 'socket:internal/node-errors'

/**
 * Whether a value is made of bytes.
 * @param {unknown} value
 * @return {boolean}
 */
export function isBytes (value) {
  return value instanceof ArrayBuffer || ArrayBuffer.isView(value)
}

/**
 * The bytes of a value; text is UTF-8. They share memory with what holds them already.
 * @param {unknown} value
 * @param {string} name of the argument, for the error
 * @return {Buffer}
 */
export function toBytes (value, name) {
  if (typeof value === 'string') return Buffer.from(value)
  if (value instanceof ArrayBuffer) return Buffer.from(value)
  if (ArrayBuffer.isView(value)) return Buffer.from(value.buffer, value.byteOffset, value.byteLength)
  if (Array.isArray(value)) return Buffer.from(value)
  // What JSON makes of a buffer, which is how apps store keys.
  if (value?.type === 'Buffer' && Array.isArray(value.data)) return Buffer.from(value.data)
  throw invalidArgType(name, 'of type string or an instance of Buffer, ArrayBuffer, or Array', value)
}

/**
 * The hex digits of bytes; text is taken for hex digits already.
 * @param {unknown} value
 * @param {string} name of the argument, for the error
 * @param {number} [length] how many bytes there have to be
 * @return {string}
 */
export function toHex (value, name, length) {
  const text = typeof value === 'string' ? value.toLowerCase() : toBytes(value, name).toString('hex')
  const isHex = /^([0-9a-f]{2})*$/.test(text)
  if (!isHex) throw invalidArgValue(name, value, 'must be hex digits')
  if (length !== undefined && text.length !== 2 * length) {
    throw invalidArgValue(name, value, `must be ${length} bytes`)
  }
  return text
}

/**
 * A field of a packet as hex digits, `undefined` if it is unset: one zero byte, or nothing.
 * @param {unknown} value bytes, or hex digits
 * @param {string} name
 * @return {string|undefined}
 */
export function fieldHex (value, name) {
  if (value === undefined || value === null) return undefined
  const text = toHex(value, name)
  return text === '' || text === '00' ? undefined : text
}

/**
 * The bytes of a field as calls carry it: hex digits, or `null` for one that is unset.
 * @param {string|null|undefined} text
 * @return {Buffer}
 */
export function fromField (text) {
  return text ? Buffer.from(text, 'hex') : Buffer.from([0])
}

/**
 * The bytes of an app's value: bytes as they are, text as UTF-8, anything else as JSON.
 * @param {unknown} value
 * @return {Buffer}
 */
export function messageBytes (value) {
  if (typeof value === 'string' || isBytes(value)) return toBytes(value, 'value')
  const text = JSON.stringify(value)
  if (text === undefined) throw invalidArgType('value', 'something that JSON can say', value)
  return Buffer.from(text)
}
