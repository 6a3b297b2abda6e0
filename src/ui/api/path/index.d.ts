/**
 * @module path/index
 *
 * The same as `socket:path`.
 */
declare module 'socket:path/index' {
  export * from 'socket:path'
  export { default } from 'socket:path'
}
