/**
 * @module util/types
 *
 * Telling kinds of values apart.
 */
import * as types from 'socket:internal/util/types'

export * from 'socket:internal/util/types'
export default types
