/**
 * Freezes an object and all that it holds.
 * @template T
 * @param {T} value
 * @return {T}
 */
export function deepFreeze (value) {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  Object.freeze(value)
  for (const each of Object.values(value)) deepFreeze(each)
  return value
}

export default deepFreeze
