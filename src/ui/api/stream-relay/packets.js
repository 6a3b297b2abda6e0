/**
 * @module stream-relay/packets
 *
 * The same as `socket:latica/packets`.
 */
export * from 'socket:latica/packets'
export { default } from 'socket:latica/packets'
