/**
 * @module test
 *
 * Tests that report in TAP 13.
 */
declare module 'socket:test' {
  export * from 'socket:test/index'
  export { default } from 'socket:test/index'
}
