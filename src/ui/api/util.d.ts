/**
 * @module util
 *
 * Showing, comparing and telling apart values, and turning callbacks into promises.
 */
declare module 'socket:util' {
  import { Buffer } from 'socket:buffer'

  /** Finds what only a module may contain. */
  export const ESM_TEST_REGEX: RegExp

  /** A class that cannot be constructed. */
  export class IllegalConstructor {
    constructor ()
  }

  /** A promise with its own `resolve` and `reject`. */
  export function InvertedPromise (): any

  /** Decodes text. */
  export const TextDecoder: typeof globalThis.TextDecoder

  /** Encodes text as UTF-8. */
  export const TextEncoder: typeof globalThis.TextEncoder

  /** Lets a promise function take a callback. */
  export function callbackify (original?: any): any

  /** A number, held within bounds. */
  export function clamp (value?: any, min?: any, max?: any): any

  /** Orders two buffers: -1, 0 or 1. */
  export function compareBuffers (a?: any, b?: any): any

  /** Makes a logger that is silent unless `NODE_DEBUG` or `SOCKET_DEBUG` names its section. */
  export function debug (section?: any): any

  /** The same as `debug`. */
  export function debuglog (...values: any[]): any

  /** Warns once when a function is called. */
  export function deprecate (original?: any, message?: any, code?: any): any

  /** Fills the placeholders `%s %d %i %f %j %o %O %c` of a template and appends the other values. */
  export function format (template: unknown, ...values: unknown[]): string

  /** Whether an object itself has a property. */
  export function hasOwnProperty (object?: any, property?: any): any

  /** Lets a constructor inherit from another. */
  export function inherits (constructor: any, parent?: any): any

  /**
   * Shows a value.
   * @param options `depth`, `showHidden`, `customInspect`, `breakLength`, `compact`, `maxArrayLength`, `maxStringLength`, `sorted`
   */
  export function inspect (value: unknown, options?: object): string

  /** Symbols that `inspect` looks for. */
  export const inspectSymbols: any[]

  /** Whether a value is of the kind Arguments Object. */
  export function isArgumentsObject (value?: any): boolean

  /** Whether a value is of the kind Array. */
  export function isArray (value?: any): boolean

  /** Whether a value is of the kind Array Buffer. */
  export function isArrayBuffer (value?: any): boolean

  /** Whether a value is a view on memory other than a buffer. */
  export function isArrayBufferView (value?: any): boolean

  /** Whether a value is a list or an array of numbers. */
  export function isArrayLike (value?: any): boolean

  /** Whether a value is of the kind Async Function. */
  export function isAsyncFunction (value?: any): boolean

  /** Whether a value is a boolean. */
  export function isBoolean (value?: any): boolean

  /** Whether a value is a buffer. */
  export function isBuffer (value?: any): boolean

  /** Whether a value holds bytes. */
  export function isBufferLike (value?: any): boolean

  /** Whether a value is a class. */
  export function isClass (value?: any): boolean

  /** Whether a value is of the kind Date. */
  export function isDate (value?: any): boolean

  /** Whether two values are equal by what they hold. */
  export function isDeepStrictEqual (a?: any, b?: any): boolean

  /** Whether source code can only be a module. */
  export function isESMSource (source?: any): boolean

  /** Whether a value is an object without properties. */
  export function isEmptyObject (value?: any): boolean

  /** Whether a value is an error. */
  export function isError (value?: any): boolean

  /** Whether a value is an error or looks like one. */
  export function isErrorLike (value?: any): boolean

  /** Whether a value is a function and no class. */
  export function isFunction (value?: any): boolean

  /** Whether a value is null. */
  export function isNull (value?: any): boolean

  /** Whether a value is null or undefined. */
  export function isNullOrUndefined (value?: any): boolean

  /** Whether a value is a number. */
  export function isNumber (value?: any): boolean

  /** Whether a value is an object. */
  export function isObject (value?: any): boolean

  /** Whether a value was written as `{}`. */
  export function isPlainObject (value?: any): boolean

  /** Whether a value is neither object nor function. */
  export function isPrimitive (value?: any): boolean

  /** Whether a value has a `then`. */
  export function isPromiseLike (value?: any): boolean

  /** Whether a value is of the kind Reg Exp. */
  export function isRegExp (value?: any): boolean

  /** Whether a value is a string. */
  export function isString (value?: any): boolean

  /** Whether a value is a symbol. */
  export function isSymbol (value?: any): boolean

  /** Whether a value is of the kind Typed Array. */
  export function isTypedArray (value?: any): boolean

  /** Whether a value is undefined. */
  export function isUndefined (value?: any): boolean

  /** Whether a text is a percentage from `0%` to `100%`. */
  export function isValidPercentageValue (text?: any): boolean

  /** Does nothing. */
  export function noop (): any

  /** Takes `name: value` lines apart. */
  export function parseHeaders (headers?: any): any

  /** Parses JSON; null if it is none. */
  export function parseJSON (text?: any): any

  /** Makes a function that returns a promise of one that takes a callback; of an object, one for each of its functions. */
  export function promisify (original: (...values: any[]) => any|object): (...values: any[]) => any|object

  /**
   * Cuts bytes into pieces.
   * @param highWaterMark the size of a piece
   */
  export function splitBuffer (bytes: Uint8Array, highWaterMark: number): Buffer[]

  /** Removes colour codes from a text. */
  export function stripVTControlCharacters (text?: any): any

  /** Makes a buffer of anything that holds bytes or text. */
  export function toBuffer (value: any, encoding?: string): Buffer

  /** A text with its first letter in upper case. */
  export function toProperCase (text?: any): any

  /** The tag of a value, such as `[object Date]`. */
  export function toString (value?: any): any

  export * as types from 'socket:util/types'

  export * as default from 'socket:util'
}
