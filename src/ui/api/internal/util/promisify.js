/**
 * Turning functions that take a callback into ones that return a promise.
 */
import { invalidArgType } from 'socket:internal/node-errors'

const CUSTOM = Symbol.for('nodejs.util.promisify.custom')
const NAMES = Symbol.for('nodejs.util.promisify.args')

/**
 * Makes a function that returns a promise of one that takes a callback; of an object, one for each of its functions.
 * @param {Function|object} original
 * @return {Function|object}
 */
export function promisify (original) {
  if (original !== null && typeof original === 'object') return promisifyAll(original)
  if (typeof original !== 'function') throw invalidArgType('original', 'of type function', original)
  if (original[CUSTOM]) return mark(original[CUSTOM])
  const names = original[NAMES] ?? []
  function promised (...values) {
    return new Promise((resolve, reject) => {
      Reflect.apply(original, this, [...values, (error, ...results) => {
        if (error) return reject(error)
        if (names.length === 0) return resolve(results[0])
        resolve(Object.fromEntries(names.map((name, index) => [name, results[index]])))
      }])
    })
  }
  Object.setPrototypeOf(promised, Object.getPrototypeOf(original))
  return mark(Object.defineProperties(promised, Object.getOwnPropertyDescriptors(original)))
}

Object.defineProperties(promisify, { custom: { value: CUSTOM }, args: { value: NAMES } })

export default promisify

function mark (promised) {
  return Object.defineProperty(promised, CUSTOM, { value: promised, configurable: true })
}

function promisifyAll (original) {
  const ready = original[CUSTOM] ?? original.promises
  if (ready !== null && typeof ready === 'object') return ready
  const all = {}
  for (const key of Object.keys(original)) {
    all[key] = typeof original[key] === 'function' ? promisify(original[key]) : original[key]
  }
  return mark(all)
}
