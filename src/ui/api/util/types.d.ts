/**
 * @module util/types
 *
 * Telling kinds of values apart.
 */
declare module 'socket:util/types' {
  export function isAnyArrayBuffer (value?: any): boolean

  export function isArgumentsObject (value?: any): boolean

  export function isArray (value?: any): boolean

  export function isArrayBuffer (value?: any): boolean

  export function isArrayBufferView (value?: any): boolean

  export function isAsyncFunction (value?: any): boolean

  export function isAsyncFunctionObject (value?: any): boolean

  export function isAsyncGeneratorFunction (value?: any): boolean

  export function isAsyncIterator (value?: any): boolean

  export function isBigInt64Array (value?: any): boolean

  export function isBigIntObject (value?: any): boolean

  export function isBigUint64Array (value?: any): boolean

  export function isBooleanObject (value?: any): boolean

  export function isBoxedPrimitive (value?: any): boolean

  export function isCryptoKey (value?: any): boolean

  export function isDataView (value?: any): boolean

  export function isDate (value?: any): boolean

  export function isExternal (): boolean

  export function isFloat32Array (value?: any): boolean

  export function isFloat64Array (value?: any): boolean

  export function isFunction (value?: any): boolean

  export function isFunctionObject (value?: any): boolean

  export function isGeneratorFunction (value?: any): boolean

  export function isGeneratorObject (value?: any): boolean

  export function isInt16Array (value?: any): boolean

  export function isInt32Array (value?: any): boolean

  export function isInt8Array (value?: any): boolean

  export function isIterator (value?: any): boolean

  /** Key objects, proxies and external values cannot be told in a WebView. */
  export function isKeyObject (): boolean

  export function isMap (value?: any): boolean

  export function isMapIterator (value?: any): boolean

  export function isModuleNamespaceObject (value?: any): boolean

  export function isNativeError (value?: any): boolean

  export function isNumberObject (value?: any): boolean

  export function isPlainObject (value?: any): boolean

  export function isPromise (value?: any): boolean

  export function isProxy (): boolean

  export function isRegExp (value?: any): boolean

  export function isSet (value?: any): boolean

  export function isSetIterator (value?: any): boolean

  export function isSharedArrayBuffer (value?: any): boolean

  export function isStringObject (value?: any): boolean

  export function isSymbolObject (value?: any): boolean

  export function isTypedArray (value?: any): boolean

  export function isUint16Array (value?: any): boolean

  export function isUint32Array (value?: any): boolean

  export function isUint8Array (value?: any): boolean

  export function isUint8ClampedArray (value?: any): boolean

  export function isWeakMap (value?: any): boolean

  export function isWeakSet (value?: any): boolean

  export * as default from 'socket:util/types'
}
