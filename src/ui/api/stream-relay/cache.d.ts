/**
 * @module stream-relay/cache
 *
 * The same as `socket:latica/cache`.
 */
declare module 'socket:stream-relay/cache' {
  export * from 'socket:latica/cache'
  export { default } from 'socket:latica/cache'
}
