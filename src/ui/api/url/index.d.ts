/**
 * @module url/index
 *
 * The same as `socket:url`.
 */
declare module 'socket:url/index' {
  export * from 'socket:url'
  export { default } from 'socket:url'
}
