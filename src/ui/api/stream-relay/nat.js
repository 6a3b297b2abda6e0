/**
 * @module stream-relay/nat
 *
 * The same as `socket:latica/nat`.
 */
export * from 'socket:latica/nat'
