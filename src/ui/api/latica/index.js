/**
 * @module latica/index
 *
 * The same as `socket:latica`.
 */
export * from 'socket:latica'
export { default } from 'socket:latica'
