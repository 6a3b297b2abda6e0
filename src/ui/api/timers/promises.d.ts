/**
 * @module timers/promises
 *
 * Timers as promises; a signal ends the wait with an `AbortError`.
 */
declare module 'socket:timers/promises' {
  /** `wait` and `yield`, by the names of the web's scheduler. */
  export const scheduler: { wait: (...values: any[]) => any, yield: (...values: any[]) => any }

  /** Waits until the event loop is free, and gives back a value. */
  export function setImmediate (value?: any, options?: any): any

  /** Yields a value again and again. */
  export function setInterval (delay?: any, value?: any, options?: any): AsyncGenerator<any>

  /** Waits, and gives back a value. */
  export function setTimeout (delay?: any, value?: any, options?: any): any

  export * as default from 'socket:timers/promises'
}
