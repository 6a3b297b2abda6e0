/**
 * @module stream-relay/nat
 *
 * The same as `socket:latica/nat`.
 */
declare module 'socket:stream-relay/nat' {
  export * from 'socket:latica/nat'
}
