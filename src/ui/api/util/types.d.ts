/**
 * @module util/types
 *
 * Telling kinds of values apart.
 */
declare module 'socket:util/types' {
  /** Whether a value is of the kind Any Array Buffer. */
  export function isAnyArrayBuffer (value?: any): boolean

  /** Whether a value is of the kind Arguments Object. */
  export function isArgumentsObject (value?: any): boolean

  /** Whether a value is of the kind Array. */
  export function isArray (value?: any): boolean

  /** Whether a value is of the kind Array Buffer. */
  export function isArrayBuffer (value?: any): boolean

  /** Whether a value is of the kind Array Buffer View. */
  export function isArrayBufferView (value?: any): boolean

  /** Whether a value is of the kind Async Function. */
  export function isAsyncFunction (value?: any): boolean

  /** Whether a value is of the kind Async Function Object. */
  export function isAsyncFunctionObject (value?: any): boolean

  /** Whether a value is of the kind Async Generator Function. */
  export function isAsyncGeneratorFunction (value?: any): boolean

  /** Whether a value is of the kind Async Iterator. */
  export function isAsyncIterator (value?: any): boolean

  /** Whether a value is of the kind Big Int64 Array. */
  export function isBigInt64Array (value?: any): boolean

  /** Whether a value is of the kind Big Int Object. */
  export function isBigIntObject (value?: any): boolean

  /** Whether a value is of the kind Big Uint64 Array. */
  export function isBigUint64Array (value?: any): boolean

  /** Whether a value is of the kind Boolean Object. */
  export function isBooleanObject (value?: any): boolean

  /** Whether a value is of the kind Boxed Primitive. */
  export function isBoxedPrimitive (value?: any): boolean

  /** Whether a value is of the kind Crypto Key. */
  export function isCryptoKey (value?: any): boolean

  /** Whether a value is of the kind Data View. */
  export function isDataView (value?: any): boolean

  /** Whether a value is of the kind Date. */
  export function isDate (value?: any): boolean

  /** Whether a value is of the kind External. */
  export function isExternal (): boolean

  /** Whether a value is of the kind Float32 Array. */
  export function isFloat32Array (value?: any): boolean

  /** Whether a value is of the kind Float64 Array. */
  export function isFloat64Array (value?: any): boolean

  /** Whether a value is of the kind Function. */
  export function isFunction (value?: any): boolean

  /** Whether a value is of the kind Function Object. */
  export function isFunctionObject (value?: any): boolean

  /** Whether a value is of the kind Generator Function. */
  export function isGeneratorFunction (value?: any): boolean

  /** Whether a value is of the kind Generator Object. */
  export function isGeneratorObject (value?: any): boolean

  /** Whether a value is of the kind Int16 Array. */
  export function isInt16Array (value?: any): boolean

  /** Whether a value is of the kind Int32 Array. */
  export function isInt32Array (value?: any): boolean

  /** Whether a value is of the kind Int8 Array. */
  export function isInt8Array (value?: any): boolean

  /** Whether a value is of the kind Iterator. */
  export function isIterator (value?: any): boolean

  /** Key objects, proxies and external values cannot be told in a WebView. */
  export function isKeyObject (): boolean

  /** Whether a value is of the kind Map. */
  export function isMap (value?: any): boolean

  /** Whether a value is of the kind Map Iterator. */
  export function isMapIterator (value?: any): boolean

  /** Whether a value is of the kind Module Namespace Object. */
  export function isModuleNamespaceObject (value?: any): boolean

  /** Whether a value is of the kind Native Error. */
  export function isNativeError (value?: any): boolean

  /** Whether a value is of the kind Number Object. */
  export function isNumberObject (value?: any): boolean

  /** Whether a value is of the kind Plain Object. */
  export function isPlainObject (value?: any): boolean

  /** Whether a value is of the kind Promise. */
  export function isPromise (value?: any): boolean

  /** Whether a value is of the kind Proxy. */
  export function isProxy (): boolean

  /** Whether a value is of the kind Reg Exp. */
  export function isRegExp (value?: any): boolean

  /** Whether a value is of the kind Set. */
  export function isSet (value?: any): boolean

  /** Whether a value is of the kind Set Iterator. */
  export function isSetIterator (value?: any): boolean

  /** Whether a value is of the kind Shared Array Buffer. */
  export function isSharedArrayBuffer (value?: any): boolean

  /** Whether a value is of the kind String Object. */
  export function isStringObject (value?: any): boolean

  /** Whether a value is of the kind Symbol Object. */
  export function isSymbolObject (value?: any): boolean

  /** Whether a value is of the kind Typed Array. */
  export function isTypedArray (value?: any): boolean

  /** Whether a value is of the kind Uint16 Array. */
  export function isUint16Array (value?: any): boolean

  /** Whether a value is of the kind Uint32 Array. */
  export function isUint32Array (value?: any): boolean

  /** Whether a value is of the kind Uint8 Array. */
  export function isUint8Array (value?: any): boolean

  /** Whether a value is of the kind Uint8 Clamped Array. */
  export function isUint8ClampedArray (value?: any): boolean

  /** Whether a value is of the kind Weak Map. */
  export function isWeakMap (value?: any): boolean

  /** Whether a value is of the kind Weak Set. */
  export function isWeakSet (value?: any): boolean

  export * as default from 'socket:util/types'
}
