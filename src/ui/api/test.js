/**
 * @module test
 *
 * Tests that report in TAP 13.
 *
 * ```js
 * import test from 'socket:test'
 * test('adds', async (t) => t.equal(1 + 1, 2, 'one and one'))
 * ```
 */
export * from 'socket:test/index'
export { default } from 'socket:test/index'
