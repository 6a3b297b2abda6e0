/**
 * @module timers
 *
 * Timers that can be waited for, and `setImmediate`.
 */
declare module 'socket:timers' {
  /** Forgets what `setImmediate` was to call. */
  export function clearImmediate (id?: any): any

  /** Forgets a repeated timer. */
  export function clearInterval (timer?: any): any

  /** Forgets a timer. */
  export function clearTimeout (timer?: any): any

  /** The timers of the page. */
  export const platform: { setTimeout: (...values: any[]) => any, setInterval: (...values: any[]) => any, setImmediate: (...values: any[]) => any, clearTimeout: (...values: any[]) => any, clearInterval: (...values: any[]) => any, clearImmediate: (...values: any[]) => any }

  export * as promises from 'socket:timers/promises'

  /**
   * Calls a function as soon as the event loop is free, without the delay of a timer.
   * @returns for `clearImmediate`
   */
  export function setImmediate (callback: (...values: any[]) => any, ...values: unknown[]): number

  /** Calls a function again and again. */
  export function setInterval (callback?: any, delay?: any, ...values: any[]): any

  /** Calls a function after a delay. */
  export function setTimeout (callback?: any, delay?: any, ...values: any[]): any

  /** Waits for a time in milliseconds. */
  export function sleep (ms?: any): any

  export * as default from 'socket:timers'
}
