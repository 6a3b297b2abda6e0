/**
 * @module stream-relay/index
 *
 * The same as `socket:stream-relay`.
 */
export * from 'socket:stream-relay'
export { default } from 'socket:stream-relay'
