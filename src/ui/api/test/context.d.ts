/**
 * @module test/context
 *
 * Ends the app with the result when the global runner is done, and on an error that nobody caught.
 */
declare module 'socket:test/context' {
  /** Ties a runner to the app. */
  export default function initialize (runner: import('socket:test').TestRunner): any
  /** Gives the whole run up. */
  export function bail (error: unknown, runner?: { report: (line: string) => void }): void
}
