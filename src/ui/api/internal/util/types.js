/**
 * Telling kinds of values apart, by what they are rather than by whose class made them.
 */
const tagOf = (value) => Object.prototype.toString.call(value).slice(8, -1)
const TypedArray = Object.getPrototypeOf(Uint8Array)
const tagGetter = Object.getOwnPropertyDescriptor(TypedArray.prototype, Symbol.toStringTag).get

/** Whether calling `probe` on the value works: only the built-in classes have what it asks for. */
function holds (prototype, key, ...values) {
  const descriptor = Object.getOwnPropertyDescriptor(prototype, key)
  const probe = descriptor.get ?? descriptor.value
  return (value) => {
    if (value === null || typeof value !== 'object') return false
    try {
      Reflect.apply(probe, value, values)
      return true
    } catch {
      return false
    }
  }
}

const isObjectLike = (value) => value !== null && typeof value === 'object'
const isTyped = (name) => (value) => isObjectLike(value) && Reflect.apply(tagGetter, value, []) === name
const isTagged = (name) => (value) => isObjectLike(value) && tagOf(value) === name
const isFunctionTagged = (...names) => (value) => typeof value === 'function' && names.includes(tagOf(value))

export const isArrayBuffer = holds(ArrayBuffer.prototype, 'byteLength')
export const isSharedArrayBuffer = globalThis.SharedArrayBuffer
  ? holds(globalThis.SharedArrayBuffer.prototype, 'byteLength')
  : () => false
export const isAnyArrayBuffer = (value) => isArrayBuffer(value) || isSharedArrayBuffer(value)
export const isArrayBufferView = (value) => ArrayBuffer.isView(value)
export const isDataView = (value) => ArrayBuffer.isView(value) && !isTypedArray(value)
export const isTypedArray = (value) => isObjectLike(value) && Reflect.apply(tagGetter, value, []) !== undefined
export const isUint8Array = isTyped('Uint8Array')
export const isUint8ClampedArray = isTyped('Uint8ClampedArray')
export const isUint16Array = isTyped('Uint16Array')
export const isUint32Array = isTyped('Uint32Array')
export const isInt8Array = isTyped('Int8Array')
export const isInt16Array = isTyped('Int16Array')
export const isInt32Array = isTyped('Int32Array')
export const isFloat32Array = isTyped('Float32Array')
export const isFloat64Array = isTyped('Float64Array')
export const isBigInt64Array = isTyped('BigInt64Array')
export const isBigUint64Array = isTyped('BigUint64Array')
export const isDate = holds(Date.prototype, 'getTime')
export const isRegExp = (value) => isObjectLike(value) && value instanceof RegExp
export const isMap = holds(Map.prototype, 'size')
export const isSet = holds(Set.prototype, 'size')
export const isWeakMap = holds(WeakMap.prototype, 'has', {})
export const isWeakSet = holds(WeakSet.prototype, 'has', {})
export const isMapIterator = isTagged('Map Iterator')
export const isSetIterator = isTagged('Set Iterator')
export const isPromise = (value) => isObjectLike(value) && value instanceof Promise
export const isNativeError = (value) => value instanceof Error
export const isArgumentsObject = isTagged('Arguments')
export const isModuleNamespaceObject = (value) => isTagged('Module')(value) && Object.isSealed(value)
export const isAsyncFunction = isFunctionTagged('AsyncFunction', 'AsyncGeneratorFunction')
export const isAsyncFunctionObject = isAsyncFunction
export const isAsyncGeneratorFunction = isFunctionTagged('AsyncGeneratorFunction')
export const isGeneratorFunction = isFunctionTagged('GeneratorFunction', 'AsyncGeneratorFunction')
export const isGeneratorObject = (value) => isTagged('Generator')(value) || isTagged('AsyncGenerator')(value)
export const isFunction = (value) => typeof value === 'function'
export const isFunctionObject = isFunction
export const isIterator = (value) => typeof value?.next === 'function' && typeof value?.[Symbol.iterator] === 'function'
export const isAsyncIterator = (value) => typeof value?.next === 'function' && typeof value?.[Symbol.asyncIterator] === 'function'
export const isNumberObject = holds(Number.prototype, 'valueOf')
export const isStringObject = holds(String.prototype, 'valueOf')
export const isBooleanObject = holds(Boolean.prototype, 'valueOf')
export const isBigIntObject = holds(BigInt.prototype, 'valueOf')
export const isSymbolObject = holds(Symbol.prototype, 'valueOf')
export const isBoxedPrimitive = (value) =>
  isNumberObject(value) || isStringObject(value) || isBooleanObject(value) || isBigIntObject(value) || isSymbolObject(value)
export const isArray = Array.isArray
export const isPlainObject = (value) =>
  isObjectLike(value) && [Object.prototype, null].includes(Object.getPrototypeOf(value))
export const isCryptoKey = (value) => globalThis.CryptoKey !== undefined && value instanceof globalThis.CryptoKey
/** Key objects, proxies and external values cannot be told in a WebView. */
export const isKeyObject = () => false
export const isProxy = () => false
export const isExternal = () => false
