/**
 * @module fs/index
 *
 * The same as `socket:fs`.
 */
export * from 'socket:fs'
export { default } from 'socket:fs'
