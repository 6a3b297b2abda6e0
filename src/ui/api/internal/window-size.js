/**
 * Checking the sizes that windows are given.
 */
import { invalidArgValue } from 'socket:internal/node-errors'

const PERCENTAGE = /^(?:100(?:\.0+)?|\d{1,2}(?:\.\d+)?)%$/

/**
 * Takes what is a size: a whole number of pixels above 0, or a percentage of the screen.
 * @param {object} options
 * @param {string[]} names which of them are sizes
 * @return {Record<string, number|string>} those that are given
 */
export function checkedSizes (options, names) {
  const sizes = {}
  for (const name of names) {
    const value = options?.[name]
    if (value == null) continue
    const isPixels = typeof value === 'number' && Number.isInteger(value) && value > 0
    if (!isPixels && !(typeof value === 'string' && PERCENTAGE.test(value))) {
      throw invalidArgValue(name, value, 'must be a whole number above 0 or a percentage such as \'50%\'')
    }
    sizes[name] = value
  }
  return sizes
}

/**
 * Insists on the index of a window.
 * @param {unknown} index
 * @return {number}
 */
export function checkedIndex (index) {
  if (Number.isInteger(index) && index >= 0) return index
  throw invalidArgValue('index', index, 'must be a whole number from 0')
}
