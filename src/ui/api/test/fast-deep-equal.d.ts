/**
 * @module test/fast-deep-equal
 *
 * Whether two values are equal by what they hold.
 */
declare module 'socket:test/fast-deep-equal' {
  export default function equal (a: unknown, b: unknown): boolean
}
