/**
 * @module stream-relay/index
 *
 * The same as `socket:stream-relay`.
 */
declare module 'socket:stream-relay/index' {
  export * from 'socket:stream-relay'
  export { default } from 'socket:stream-relay'
}
