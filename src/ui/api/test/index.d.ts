/**
 * @module test/index
 *
 * The tests and the runner behind `socket:test`.
 */
declare module 'socket:test/index' {
  /** The runner that `test` adds to. */
  export const GLOBAL_TEST_RUNNER: Record<string, any>

  /** One test; the `t` that its function is given. */
  export class Test extends DomTest {
    /** Whether the test is over. */
    done: boolean
    constructor (name: string, fn: (t: Test) => void|Promise<void>, runner: TestRunner)
    /** Writes a comment. */
    comment (message?: string): any
    /** Says how many assertions will come. */
    plan (count?: any): any
    /** Asserts that two values hold the same. */
    deepEqual (actual: any, expected: any, message?: string): void
    /** Asserts that two values differ in what they hold. */
    notDeepEqual (actual: any, expected: any, message?: string): void
    /** Asserts `actual == expected`. */
    equal (actual: any, expected: any, message?: string): void
    /** Asserts `actual != expected`. */
    notEqual (actual: any, expected: any, message?: string): void
    /** Asserts that a value counts as true. */
    ok (actual: any, message?: string): void
    /** Asserts that a value counts as false. */
    notOk (actual: any, message?: string): void
    /** An assertion that holds. */
    pass (message?: string): void
    /** An assertion that does not hold. */
    fail (message?: string): void
    /** Asserts that there is no error. */
    ifError (error?: any, message?: string): any
    /** Asserts that a function throws; with a message, a class or a check that fits. */
    throws (fn?: any, expected?: any, message?: string): any
    /** Asserts that a promise, or the one that a function returns, is rejected. */
    rejects (promise?: any, expected?: any, message?: string): Promise<any>
    /** Runs the test. An error that it throws is one more assertion that does not hold. */
    run (): Promise<{ pass: number, fail: number }>
  }

  /** Runs tests one behind the other and reports them. */
  export class TestRunner {
    tests: any
    onlyTests: any
    scheduled: boolean
    completed: boolean
    rethrowExceptions: boolean
    strict: boolean
    /** @param report takes each line; `console.log` if left out */
    constructor (report?: (line: string) => void)
    /** The number of the next assertion. */
    nextId (): any
    /** Adds a test and starts the run soon after the first. */
    add (name?: any, fn?: any, isOnly?: any): any
    /** Runs every test, or those added by `only`. */
    run (): Promise<void>
    /** Calls a function with `{ total, success, fail }` when the run is over. */
    onFinish (callback?: any): any
  }

  /** How long the runner waits for more tests before it starts, in milliseconds. */
  export function getDefaultTestRunnerTimeout (): number

  /** Adds a test and leaves out all that are not added by `only`. */
  export function only (name: string, fn?: (t: Test) => void | Promise<void>): void

  /** Whether every assertion needs a message. */
  export function setStrict (isStrict?: any): any

  /** Leaves a test out. */
  export function skip (name: string, fn?: (t: Test) => void | Promise<void>): void

  /** Adds a test. */
  export function test (name: string, fn?: (t: Test) => void|Promise<void>): any

  export namespace test {
    /** Adds a test and leaves out the others. */
    function only (name: string, fn?: (t: Test) => void | Promise<void>): void
    /** Leaves a test out. */
    function skip (name: string, fn?: (t: Test) => void | Promise<void>): void
  }

  /** The base of `Test`; each method asserts that it worked. */
  class DomTest {
    /** Waits for a time in milliseconds. */
    sleep (ms?: any, message?: string): Promise<any>
    /** Waits for the next frame; a page that is not shown has none, and waits for a turn. */
    requestAnimationFrame (message?: string): Promise<any>
    /** Clicks on an element. */
    click (selector: string | Element, message?: string): any
    /** Dispatches a `click` event on an element. */
    eventClick (selector: string | Element, message?: string): any
    /** Dispatches an event on an element. */
    dispatchEvent (event: string | Event, selector: string | Element, message?: string): any
    /** Gives an element the focus. */
    focus (selector: string | Element, message?: string): any
    /** Takes the focus from an element. */
    blur (selector: string | Element, message?: string): any
    /** Types a text into an element, letter by letter. */
    type (selector: string | Element, text?: any, message?: string): Promise<any>
    /** Appends an element to another. */
    appendChild (selector: string | Element, child?: any, message?: string): any
    /** Removes an element. */
    removeElement (selector: string | Element, message?: string): any
    /** Asserts that an element can be seen. */
    elementVisible (selector: string | Element, message?: string): Promise<any>
    /** Asserts that an element cannot be seen. */
    elementInvisible (selector: string | Element, message?: string): Promise<any>
    /** Waits for an element. */
    waitFor (selectorOrFind?: any, options?: any, message?: string): any
    /** Waits for a text below an element. */
    waitForText (selector: string | Element, options?: any, message?: string): any
    /** The element that a selector names; asserts that there is one. */
    querySelector (selector: string | Element, message?: string): any
    /** The elements that a selector names; asserts that there are some. */
    querySelectorAll (selector: string | Element, message?: string): any
    /** The computed style of an element. */
    getComputedStyle (selector: string | Element, message?: string): any
  }

  export { test as default }
}
