/**
 * Whether two values are equal by what they hold.
 */
import { isBoxedPrimitive, isDate, isMap, isRegExp, isSet } from 'socket:internal/util/types'

/**
 * Compares two values.
 * @param {unknown} a
 * @param {unknown} b
 * @param {boolean} [isStrict=true] whether the prototypes must be the same and `1` differs from `'1'`
 * @return {boolean}
 */
export function deepEqual (a, b, isStrict = true) {
  return equal(a, b, isStrict, new Map())
}

export default deepEqual

function equal (a, b, isStrict, seen) {
  if (Object.is(a, b)) return true
  if (!isObject(a) || !isObject(b)) {
    // eslint-disable-next-line eqeqeq
    return !isStrict && !isObject(a) && !isObject(b) && a == b
  }
  if (isStrict && Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false
  if (Object.prototype.toString.call(a) !== Object.prototype.toString.call(b)) return false
  if (Array.isArray(a) !== Array.isArray(b) || (Array.isArray(a) && a.length !== b.length)) return false
  // A pair that is being compared further up is equal unless something else differs.
  if (seen.get(a)?.has(b)) return true
  seen.set(a, (seen.get(a) ?? new Set()).add(b))
  const isEqual = sameContents(a, b, isStrict, seen) && sameKeys(a, b, isStrict, seen)
  seen.get(a).delete(b)
  return isEqual
}

function isObject (value) {
  return value !== null && typeof value === 'object'
}

/** Compares what is held outside of properties. */
function sameContents (a, b, isStrict, seen) {
  if (isDate(a)) return isDate(b) && Object.is(a.getTime(), b.getTime())
  if (isRegExp(a)) return isRegExp(b) && String(a) === String(b) && a.lastIndex === b.lastIndex
  if (a instanceof Error) return b instanceof Error && a.message === b.message && a.name === b.name
  if (isBoxedPrimitive(a)) return isBoxedPrimitive(b) && Object.is(a.valueOf(), b.valueOf())
  if (ArrayBuffer.isView(a) || a instanceof ArrayBuffer) return sameBytes(a, b)
  if (isMap(a)) return isMap(b) && sameMap(a, b, isStrict, seen)
  if (isSet(a)) return isSet(b) && sameSet(a, b, isStrict, seen)
  return true
}

function sameBytes (a, b) {
  if (a.byteLength !== b.byteLength) return false
  const [first, second] = [a, b].map((each) =>
    ArrayBuffer.isView(each) ? new Uint8Array(each.buffer, each.byteOffset, each.byteLength) : new Uint8Array(each))
  return first.every((byte, index) => byte === second[index])
}

function sameMap (a, b, isStrict, seen) {
  if (a.size !== b.size) return false
  const rest = new Set(b.keys())
  for (const [key, value] of a) {
    const match = rest.has(key) && equal(value, b.get(key), isStrict, seen)
      ? [key]
      : [...rest].filter((other) => isObject(other) && equal(key, other, isStrict, seen) && equal(value, b.get(other), isStrict, seen))
    if (match.length === 0) return false
    rest.delete(match[0])
  }
  return true
}

function sameSet (a, b, isStrict, seen) {
  if (a.size !== b.size) return false
  const rest = new Set(b)
  for (const value of a) {
    const match = rest.has(value) ? [value] : [...rest].filter((other) => equal(value, other, isStrict, seen))
    if (match.length === 0) return false
    rest.delete(match[0])
  }
  return true
}

/** Compares own enumerable properties, symbols included when strict. */
function sameKeys (a, b, isStrict, seen) {
  if (ArrayBuffer.isView(a)) return true
  const [first, second] = [keysOf(a, isStrict), keysOf(b, isStrict)]
  if (first.length !== second.length) return false
  return first.every((key) => Object.prototype.propertyIsEnumerable.call(b, key) && equal(a[key], b[key], isStrict, seen))
}

function keysOf (value, isStrict) {
  if (!isStrict) return Object.keys(value)
  return Reflect.ownKeys(value).filter((key) => Object.prototype.propertyIsEnumerable.call(value, key))
}
