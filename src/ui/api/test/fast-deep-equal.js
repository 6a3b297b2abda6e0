/**
 * @module test/fast-deep-equal
 *
 * Whether two values are equal by what they hold.
 */
import { deepEqual } from 'socket:internal/util/equal'

/**
 * @param {unknown} a
 * @param {unknown} b
 * @return {boolean}
 */
export default function equal (a, b) {
  return deepEqual(a, b)
}
