/**
 * @module stream-relay/cache
 *
 * The same as `socket:latica/cache`.
 */
export * from 'socket:latica/cache'
export { default } from 'socket:latica/cache'
