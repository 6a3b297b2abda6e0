/**
 * @module stream-relay/packets
 *
 * The same as `socket:latica/packets`.
 */
declare module 'socket:stream-relay/packets' {
  export * from 'socket:latica/packets'
  export { default } from 'socket:latica/packets'
}
