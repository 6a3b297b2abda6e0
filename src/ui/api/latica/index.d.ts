/**
 * @module latica/index
 *
 * The same as `socket:latica`.
 */
declare module 'socket:latica/index' {
  export * from 'socket:latica'
  export { default } from 'socket:latica'
}
