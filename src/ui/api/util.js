/**
 * @module util
 *
 * Showing, comparing and telling apart values, and turning callbacks into promises.
 */
import { Buffer } from 'socket:buffer'
import { IllegalConstructorError } from 'socket:errors'
import { invalidArgType } from 'socket:internal/node-errors'
import { deepEqual } from 'socket:internal/util/equal'
import { format } from 'socket:internal/util/format'
import { inspect } from 'socket:internal/util/inspect'
import * as types from 'socket:internal/util/types'
import { promisify } from 'socket:internal/util/promisify'
import * as exports from 'socket:util'

export { format, inspect, promisify, types }

/** Encodes text as UTF-8. */
export const TextEncoder = globalThis.TextEncoder
/** Decodes text. */
export const TextDecoder = globalThis.TextDecoder

/** Symbols that `inspect` looks for. */
export const inspectSymbols = [inspect.custom, Symbol.for('socket.util.inspect.custom')]

/** Finds what only a module may contain. */
export const ESM_TEST_REGEX = /^\s*(?:import\s*(?:[\w${*]|['"])|export\s*(?:[{*]|default\b|const\b|let\b|var\b|class\b|function\b|async\b))|\bimport\.meta\b/m

export const {
  isArray, isArrayBuffer, isAsyncFunction, isDate, isRegExp, isTypedArray, isArgumentsObject
} = types

/** Whether an object itself has a property. */
export function hasOwnProperty (object, property) {
  return Object.prototype.hasOwnProperty.call(object, property)
}

/** Whether a value is a list or an array of numbers. */
export function isArrayLike (value) {
  return Array.isArray(value) || isTypedArray(value)
}

/** Whether a value is a view on memory other than a buffer. */
export function isArrayBufferView (value) {
  return !Buffer.isBuffer(value) && ArrayBuffer.isView(value)
}

/** Whether a value is an object without properties. */
export function isEmptyObject (value) {
  return isObject(value) && Object.keys(value).length === 0
}

/** Whether a value is an object. */
export function isObject (value) {
  return value !== null && typeof value === 'object'
}

/** Whether a value was written as `{}`. */
export function isPlainObject (value) {
  return isObject(value) && Object.getPrototypeOf(value) === Object.prototype
}

/** Whether a value holds bytes. */
export function isBufferLike (value) {
  return isArrayBuffer(value) || isTypedArray(value) || Buffer.isBuffer(value)
}

/** Whether a value is a function and no class. */
export function isFunction (value) {
  return typeof value === 'function' && !isClass(value)
}

/** Whether a value is an error or looks like one. */
export function isErrorLike (value) {
  return value instanceof Error || (isObject(value) && 'name' in value && 'message' in value)
}

/** Whether a value is a class. */
export function isClass (value) {
  return typeof value === 'function' && /^class[\s{]/.test(Function.prototype.toString.call(value))
}

/** Whether a value has a `then`. */
export function isPromiseLike (value) {
  return typeof value?.then === 'function'
}

/** Whether a value is a boolean. */
export function isBoolean (value) { return typeof value === 'boolean' }
/** Whether a value is a buffer. */
export function isBuffer (value) { return Buffer.isBuffer(value) }
/** Whether a value is an error. */
export function isError (value) { return value instanceof Error }
/** Whether a value is null. */
export function isNull (value) { return value === null }
/** Whether a value is null or undefined. */
export function isNullOrUndefined (value) { return value == null }
/** Whether a value is a number. */
export function isNumber (value) { return typeof value === 'number' }
/** Whether a value is a string. */
export function isString (value) { return typeof value === 'string' }
/** Whether a value is a symbol. */
export function isSymbol (value) { return typeof value === 'symbol' }
/** Whether a value is undefined. */
export function isUndefined (value) { return value === undefined }
/** Whether a value is neither object nor function. */
export function isPrimitive (value) { return value === null || !['object', 'function'].includes(typeof value) }
/** Whether source code can only be a module. */
export function isESMSource (source) { return ESM_TEST_REGEX.test(source) }

/** The tag of a value, such as `[object Date]`. */
export function toString (value) {
  return Object.prototype.toString.call(value)
}

/**
 * Makes a buffer of anything that holds bytes or text.
 * @param {any} value
 * @param {string} [encoding]
 * @return {Buffer}
 */
export function toBuffer (value, encoding) {
  if (Buffer.isBuffer(value)) return value
  if (ArrayBuffer.isView(value)) return Buffer.from(value.buffer, value.byteOffset, value.byteLength)
  if (typeof value?.toBuffer === 'function') return toBuffer(value.toBuffer(), encoding)
  return Buffer.from(value, encoding)
}

/** A text with its first letter in upper case. */
export function toProperCase (text) {
  return text === '' ? '' : text[0].toUpperCase() + text.slice(1)
}

/**
 * Cuts bytes into pieces.
 * @param {Uint8Array} bytes
 * @param {number} highWaterMark the size of a piece
 * @return {Buffer[]}
 */
export function splitBuffer (bytes, highWaterMark) {
  const buffer = Buffer.from(bytes)
  const pieces = []
  for (let start = 0; start < buffer.length; start += highWaterMark) {
    pieces.push(buffer.slice(start, start + highWaterMark))
  }
  return pieces.length > 0 ? pieces : [buffer]
}

/** A promise with its own `resolve` and `reject`. */
export function InvertedPromise () {
  let settle
  const promise = new Promise((resolve, reject) => { settle = { resolve, reject } })
  return Object.assign(promise, {
    resolve (value) {
      promise.value = value
      settle.resolve(value)
      return promise
    },
    reject (error) {
      promise.error = error
      settle.reject(error)
      return promise
    }
  })
}

/** A number, held within bounds. */
export function clamp (value, min, max) {
  return Number.isFinite(value) ? Math.min(max, Math.max(min, value)) : min
}

/** Parses JSON; null if it is none. */
export function parseJSON (text) {
  try {
    return text === null ? null : JSON.parse(String(text))
  } catch {
    return null
  }
}

/** Takes `name: value` lines apart. */
export function parseHeaders (headers) {
  const lines = Array.isArray(headers) ? headers : typeof headers === 'string' ? headers.split('\n') : []
  return lines
    .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1), line.includes(':')])
    .filter(([name, , hasColon]) => hasColon && name.trim() !== '')
    .map(([name, value]) => [name.trim().toLowerCase(), value.trim()])
}

/** Does nothing. */
export function noop () {}

/** A class that cannot be constructed. */
export class IllegalConstructor {
  constructor () {
    throw new IllegalConstructorError('Illegal constructor')
  }
}

/** Whether a text is a percentage from `0%` to `100%`. */
export function isValidPercentageValue (text) {
  return /^(?:100(?:\.0+)?|\d{1,2}(?:\.\d+)?)%$/.test(text)
}

/** Orders two buffers: -1, 0 or 1. */
export function compareBuffers (a, b) {
  return toBuffer(a).compare(toBuffer(b))
}

/** Whether two values are equal by what they hold. */
export function isDeepStrictEqual (a, b) {
  return deepEqual(a, b)
}

/** Lets a constructor inherit from another. */
export function inherits (constructor, parent) {
  if (typeof constructor !== 'function') throw invalidArgType('ctor', 'of type function', constructor)
  if (typeof parent !== 'function') throw invalidArgType('superCtor', 'of type function', parent)
  Object.defineProperty(constructor, 'super_', { value: parent, writable: true, configurable: true })
  Object.setPrototypeOf(constructor.prototype, parent.prototype)
}

/** Lets a promise function take a callback. */
export function callbackify (original) {
  if (typeof original !== 'function') throw invalidArgType('original', 'of type function', original)
  return function (...values) {
    const callback = values.pop()
    if (typeof callback !== 'function') throw invalidArgType('last argument', 'of type function', callback)
    original.apply(this, values).then(
      (value) => queueMicrotask(() => callback.call(this, null, value)),
      (error) => queueMicrotask(() => callback.call(this, error ?? new Error('Promise was rejected with a falsy value')))
    )
  }
}

const warned = new Set()

/** Warns once when a function is called. */
export function deprecate (original, message, code) {
  return function (...values) {
    const key = code ?? message
    if (!warned.has(key)) console.warn(`DeprecationWarning: ${message}`)
    warned.add(key)
    return new.target ? Reflect.construct(original, values, new.target) : Reflect.apply(original, this, values)
  }
}

/** Makes a logger that is silent unless `NODE_DEBUG` or `SOCKET_DEBUG` names its section. */
export function debug (section) {
  const env = globalThis.__args?.env ?? {}
  const sections = `${env.NODE_DEBUG ?? ''},${env.SOCKET_DEBUG ?? ''}`.toLowerCase().split(/[\s,]+/)
  const enabled = sections.includes(String(section).toLowerCase())
  const logger = (...values) => { if (enabled) console.error(`${section}: ${format(...values)}`) }
  return Object.assign(logger, { enabled })
}

/** The same as `debug`. */
export const debuglog = debug

/** Removes colour codes from a text. */
export function stripVTControlCharacters (text) {
  // eslint-disable-next-line no-control-regex
  return String(text).replace(/\u001b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\u0007]*\u0007)/g, '')
}

export default exports
