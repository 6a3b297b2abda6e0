/**
 * @module diagnostics
 *
 * Channels between the parts of an app, and a look at what the app's actors do.
 */
declare module 'socket:diagnostics' {
  export * from 'socket:diagnostics/index'
  export { default } from 'socket:diagnostics/index'
}
