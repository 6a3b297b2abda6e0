/**
 * @module test/harness
 *
 * Tests that are each given a fresh harness, which is set up before and closed behind them.
 */
declare module 'socket:test/harness' {
  /** Wraps the functions of `socket:test` for one class of harness. */
  export class TapeHarness {
    /** @param tapzero the module `socket:test` */
    constructor (tapzero: { test: (...values: any[]) => any, only: (...values: any[]) => any, skip: (...values: any[]) => any }, harnessClass: new (options: object) => { bootstrap(): Promise<void>, close(): Promise<void> })
    /** Adds a test. */
    test (name?: any, options?: any, body?: any): any
    /** Adds a test and leaves out all others. */
    only (name?: any, options?: any, body?: any): any
    /** Leaves a test out. */
    skip (name?: any, options?: any, body?: any): any
  }

  /**
   * Makes a `test` function that gives each test a harness.
   * @param tapzero the module `socket:test`
   */
  export function wrapHarness (tapzero: object, harnessClass: (...values: any[]) => any): (...values: any[]) => any

  export * as default from 'socket:test/harness'
}
