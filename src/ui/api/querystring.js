/**
 * @module querystring
 *
 * Query strings, with Node's semantics.
 */
import { Buffer } from 'socket:buffer'
import * as exports from 'socket:querystring'

const PARTS_MAX = 1000

/** Escapes a text for a query string. */
export function escape (text) {
  return encodeURIComponent(typeof text === 'string' ? text : typeof text === 'object' ? String(text) : `${text}`)
    .replace(/[%]27/g, "'")
}

/** The bytes of an escaped text. */
export function unescapeBuffer (text) {
  return Buffer.from(String(text).replace(/%([0-9a-f]{2})/gi, (_, hex) => String.fromCharCode(parseInt(hex, 16))), 'latin1')
}

/** Takes the escapes out of a text; a broken one stays as it is. */
export function unescape (text) {
  try {
    return decodeURIComponent(text)
  } catch {
    return unescapeBuffer(text).toString()
  }
}

/**
 * Writes an object as a query string.
 * @param {object} values
 * @param {string} [separator='&']
 * @param {string} [equals='=']
 * @param {{ encodeURIComponent?: (text: string) => string }} [options]
 * @return {string}
 */
export function stringify (values, separator = '&', equals = '=', options = {}) {
  if (values === null || typeof values !== 'object') return ''
  const encode = options?.encodeURIComponent ?? exports.escape
  const text = (value) => encode(['string', 'boolean', 'bigint'].includes(typeof value) || Number.isFinite(value) ? `${value}` : '')
  return Object.entries(values)
    .flatMap(([key, value]) => (Array.isArray(value) ? value : [value]).map((each) => `${encode(key)}${equals || '='}${text(each)}`))
    .join(separator || '&')
}

/**
 * Reads a query string.
 * @param {string} text
 * @param {string} [separator='&']
 * @param {string} [equals='=']
 * @param {{ maxKeys?: number, decodeURIComponent?: (text: string) => string }} [options]
 * @return {Record<string, string|string[]>}
 */
export function parse (text, separator = '&', equals = '=', options = {}) {
  const values = Object.create(null)
  if (typeof text !== 'string' || text === '') return values
  const max = options?.maxKeys ?? PARTS_MAX
  let parts = text.split(separator || '&')
  if (max > 0) parts = parts.slice(0, max)
  const decode = (part) => {
    const spaced = part.replaceAll('+', ' ')
    if (!/%[0-9a-f]{2}/i.test(spaced)) return spaced
    try {
      return (options?.decodeURIComponent ?? exports.unescape)(spaced)
    } catch {
      return exports.unescape(spaced)
    }
  }
  for (const part of parts) {
    if (part === '') continue
    const at = part.indexOf(equals || '=')
    const key = decode(at < 0 ? part : part.slice(0, at))
    const value = at < 0 ? '' : decode(part.slice(at + (equals || '=').length))
    if (values[key] === undefined) values[key] = value
    else values[key] = [].concat(values[key], value)
  }
  return values
}

/** The same as `parse`. */
export const decode = parse
/** The same as `stringify`. */
export const encode = stringify

export default exports
