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

/** Whether a value is of the kind Array Buffer. */
export const isArrayBuffer = holds(ArrayBuffer.prototype, 'byteLength')
/** Whether a value is of the kind Shared Array Buffer. */
export const isSharedArrayBuffer = globalThis.SharedArrayBuffer
  ? holds(globalThis.SharedArrayBuffer.prototype, 'byteLength')
  : () => false
/** Whether a value is of the kind Any Array Buffer. */
export const isAnyArrayBuffer = (value) => isArrayBuffer(value) || isSharedArrayBuffer(value)
/** Whether a value is of the kind Array Buffer View. */
export const isArrayBufferView = (value) => ArrayBuffer.isView(value)
/** Whether a value is of the kind Data View. */
export const isDataView = (value) => ArrayBuffer.isView(value) && !isTypedArray(value)
/** Whether a value is of the kind Typed Array. */
export const isTypedArray = (value) => isObjectLike(value) && Reflect.apply(tagGetter, value, []) !== undefined
/** Whether a value is of the kind Uint8 Array. */
export const isUint8Array = isTyped('Uint8Array')
/** Whether a value is of the kind Uint8 Clamped Array. */
export const isUint8ClampedArray = isTyped('Uint8ClampedArray')
/** Whether a value is of the kind Uint16 Array. */
export const isUint16Array = isTyped('Uint16Array')
/** Whether a value is of the kind Uint32 Array. */
export const isUint32Array = isTyped('Uint32Array')
/** Whether a value is of the kind Int8 Array. */
export const isInt8Array = isTyped('Int8Array')
/** Whether a value is of the kind Int16 Array. */
export const isInt16Array = isTyped('Int16Array')
/** Whether a value is of the kind Int32 Array. */
export const isInt32Array = isTyped('Int32Array')
/** Whether a value is of the kind Float32 Array. */
export const isFloat32Array = isTyped('Float32Array')
/** Whether a value is of the kind Float64 Array. */
export const isFloat64Array = isTyped('Float64Array')
/** Whether a value is of the kind Big Int64 Array. */
export const isBigInt64Array = isTyped('BigInt64Array')
/** Whether a value is of the kind Big Uint64 Array. */
export const isBigUint64Array = isTyped('BigUint64Array')
/** Whether a value is of the kind Date. */
export const isDate = holds(Date.prototype, 'getTime')
/** Whether a value is of the kind Reg Exp. */
export const isRegExp = (value) => isObjectLike(value) && value instanceof RegExp
/** Whether a value is of the kind Map. */
export const isMap = holds(Map.prototype, 'size')
/** Whether a value is of the kind Set. */
export const isSet = holds(Set.prototype, 'size')
/** Whether a value is of the kind Weak Map. */
export const isWeakMap = holds(WeakMap.prototype, 'has', {})
/** Whether a value is of the kind Weak Set. */
export const isWeakSet = holds(WeakSet.prototype, 'has', {})
/** Whether a value is of the kind Map Iterator. */
export const isMapIterator = isTagged('Map Iterator')
/** Whether a value is of the kind Set Iterator. */
export const isSetIterator = isTagged('Set Iterator')
/** Whether a value is of the kind Promise. */
export const isPromise = (value) => isObjectLike(value) && value instanceof Promise
/** Whether a value is of the kind Native Error. */
export const isNativeError = (value) => value instanceof Error
/** Whether a value is of the kind Arguments Object. */
export const isArgumentsObject = isTagged('Arguments')
/** Whether a value is of the kind Module Namespace Object. */
export const isModuleNamespaceObject = (value) => isTagged('Module')(value) && Object.isSealed(value)
/** Whether a value is of the kind Async Function. */
export const isAsyncFunction = isFunctionTagged('AsyncFunction', 'AsyncGeneratorFunction')
/** Whether a value is of the kind Async Function Object. */
export const isAsyncFunctionObject = isAsyncFunction
/** Whether a value is of the kind Async Generator Function. */
export const isAsyncGeneratorFunction = isFunctionTagged('AsyncGeneratorFunction')
/** Whether a value is of the kind Generator Function. */
export const isGeneratorFunction = isFunctionTagged('GeneratorFunction', 'AsyncGeneratorFunction')
/** Whether a value is of the kind Generator Object. */
export const isGeneratorObject = (value) => isTagged('Generator')(value) || isTagged('AsyncGenerator')(value)
/** Whether a value is of the kind Function. */
export const isFunction = (value) => typeof value === 'function'
/** Whether a value is of the kind Function Object. */
export const isFunctionObject = isFunction
/** Whether a value is of the kind Iterator. */
export const isIterator = (value) => typeof value?.next === 'function' && typeof value?.[Symbol.iterator] === 'function'
/** Whether a value is of the kind Async Iterator. */
export const isAsyncIterator = (value) => typeof value?.next === 'function' && typeof value?.[Symbol.asyncIterator] === 'function'
/** Whether a value is of the kind Number Object. */
export const isNumberObject = holds(Number.prototype, 'valueOf')
/** Whether a value is of the kind String Object. */
export const isStringObject = holds(String.prototype, 'valueOf')
/** Whether a value is of the kind Boolean Object. */
export const isBooleanObject = holds(Boolean.prototype, 'valueOf')
/** Whether a value is of the kind Big Int Object. */
export const isBigIntObject = holds(BigInt.prototype, 'valueOf')
/** Whether a value is of the kind Symbol Object. */
export const isSymbolObject = holds(Symbol.prototype, 'valueOf')
/** Whether a value is of the kind Boxed Primitive. */
export const isBoxedPrimitive = (value) =>
  isNumberObject(value) || isStringObject(value) || isBooleanObject(value) || isBigIntObject(value) || isSymbolObject(value)
/** Whether a value is of the kind Array. */
export const isArray = Array.isArray
/** Whether a value is of the kind Plain Object. */
export const isPlainObject = (value) =>
  isObjectLike(value) && [Object.prototype, null].includes(Object.getPrototypeOf(value))
/** Whether a value is of the kind Crypto Key. */
export const isCryptoKey = (value) => globalThis.CryptoKey !== undefined && value instanceof globalThis.CryptoKey
/** Key objects, proxies and external values cannot be told in a WebView. */
export const isKeyObject = () => false
/** Whether a value is of the kind Proxy. */
export const isProxy = () => false
/** Whether a value is of the kind External. */
export const isExternal = () => false
