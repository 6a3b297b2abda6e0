/**
 * @module path/index
 *
 * The same as `socket:path`.
 */
export * from 'socket:path'
export { default } from 'socket:path'
