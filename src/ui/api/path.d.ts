/**
 * @module path
 *
 * Paths of the system that the app runs on, with Node's semantics; both flavours as `posix` and `win32`.
 */
declare module 'socket:path' {
  export * from 'socket:path/posix'
  export * as default from 'socket:path'
}
