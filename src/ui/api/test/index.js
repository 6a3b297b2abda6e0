/**
 * @module test/index
 *
 * The tests and the runner behind `socket:test`.
 */
import { deepEqual } from 'socket:internal/util/equal'
import { args } from 'socket:internal/args'
import { assertionLine, failureLines } from 'socket:internal/tap'
import { DomTest } from 'socket:internal/test-dom'
import initialize from 'socket:test/context'

const START_MS = 500
const START_WINDOWS_MS = 2048

/**
 * How long the runner waits for more tests before it starts, in milliseconds.
 * @return {number}
 */
export function getDefaultTestRunnerTimeout () {
  return args.platform === 'win32' ? START_WINDOWS_MS : START_MS
}

/** One test; the `t` that its function is given. */
export class Test extends DomTest {
  /** Whether the test is over. */
  done = false
  #planned = null
  #asserted = 0
  #result = { pass: 0, fail: 0 }

  /**
   * @param {string} name
   * @param {(t: Test) => void|Promise<void>} fn
   * @param {TestRunner} runner
   */
  constructor (name, fn, runner) {
    super()
    this.name = name
    this.fn = fn
    this.runner = runner
    this.strict = runner.strict
  }

  /** Writes a comment. */
  comment (message) {
    for (const line of String(message).split('\n')) this.runner.report(`# ${line}`)
  }

  /** Says how many assertions will come. */
  plan (count) { this.#planned = count }

  /** Asserts that two values hold the same. */
  deepEqual (actual, expected, message) {
    this.#assert(deepEqual(actual, expected), { actual, expected, message, operator: 'deepEqual', fallback: 'should be equivalent' })
  }

  /** Asserts that two values differ in what they hold. */
  notDeepEqual (actual, expected, message) {
    this.#assert(!deepEqual(actual, expected), { actual, expected, message, operator: 'notDeepEqual', fallback: 'should not be equivalent' })
  }

  /** Asserts `actual == expected`. */
  equal (actual, expected, message) {
    // eslint-disable-next-line eqeqeq
    this.#assert(actual == expected, { actual, expected, message, operator: 'equal', fallback: 'should be equal' })
  }

  /** Asserts `actual != expected`. */
  notEqual (actual, expected, message) {
    // eslint-disable-next-line eqeqeq
    this.#assert(actual != expected, { actual, expected, message, operator: 'notEqual', fallback: 'should not be equal' })
  }

  /** Asserts that a value counts as true. */
  ok (actual, message) {
    this.#assert(Boolean(actual), { actual, expected: 'truthy value', message, operator: 'ok', fallback: 'should be truthy' })
  }

  /** Asserts that a value counts as false. */
  notOk (actual, message) {
    this.#assert(!actual, { actual, expected: 'falsy value', message, operator: 'notOk', fallback: 'should be falsy' })
  }

  /** An assertion that holds. */
  pass (message) {
    this.#assert(true, { message, operator: 'pass', fallback: 'pass called' })
  }

  /** An assertion that does not hold. */
  fail (message) {
    this.#assert(false, { actual: 'fail called', expected: 'fail not called', message, operator: 'fail', fallback: 'fail called' })
  }

  /** Asserts that there is no error. */
  ifError (error, message) {
    this.#assert(!error, { actual: error, expected: 'no error', message, operator: 'ifError', fallback: String(error) })
  }

  /** Asserts that a function throws; with a message, a class or a check that fits. */
  throws (fn, expected, message) {
    if (typeof expected === 'string') [expected, message] = [undefined, expected]
    let caught = null
    try {
      fn()
    } catch (error) {
      caught = { error }
    }
    this.#thrown(caught, expected, message, 'throws')
  }

  /** Asserts that a promise, or the one that a function returns, is rejected. */
  async rejects (promise, expected, message) {
    if (typeof expected === 'string') [expected, message] = [undefined, expected]
    let caught = null
    try {
      await (typeof promise === 'function' ? promise() : promise)
    } catch (error) {
      caught = { error }
    }
    this.#thrown(caught, expected, message, 'rejects')
  }

  /**
   * Runs the test. An error that it throws is one more assertion that does not hold.
   * @return {Promise<{ pass: number, fail: number }>}
   */
  async run () {
    this.runner.report(`# ${this.name}`)
    try {
      await this.fn(this)
    } catch (error) {
      this.#record(false, { actual: error, expected: 'no error', message: String(error?.message ?? error), operator: 'error' })
    }
    this.done = true
    if (this.#planned !== null && this.#planned !== this.#asserted) {
      const message = `planned ${this.#planned} assertions and made ${this.#asserted}`
      this.#record(false, { actual: this.#asserted, expected: this.#planned, message, operator: 'plan' })
    }
    return this.#result
  }

  #thrown (caught, expected, message, operator) {
    const isFitting = caught !== null && fits(caught.error, expected)
    this.#assert(isFitting, { actual: caught?.error, expected, message, operator, fallback: operator === 'throws' ? 'should throw' : 'should reject' })
  }

  #assert (isPassed, details) {
    if (this.done) throw new Error(`an assertion came after the test was over: ${this.name}`)
    if (this.strict && !details.message) throw new Error(`an assertion of this test needs a message: ${this.name}`)
    this.#asserted += 1
    this.#record(isPassed, details)
  }

  #record (isPassed, { actual, expected, message, operator, fallback }) {
    this.runner.report(assertionLine(isPassed, this.runner.nextId(), message || fallback))
    this.#result[isPassed ? 'pass' : 'fail'] += 1
    if (isPassed) return
    const error = new Error(message || fallback)
    for (const line of failureLines({ operator, actual, expected, error })) this.runner.report(line)
  }
}

/** Runs tests one behind the other and reports them. */
export class TestRunner {
  tests = []
  onlyTests = []
  scheduled = false
  completed = false
  rethrowExceptions = true
  strict = false
  #id = 0
  #onFinish = null

  /**
   * @param {(line: string) => void} [report] takes each line; `console.log` if left out
   */
  constructor (report) {
    this.report = report ?? ((line) => console.log(line))
  }

  /** The number of the next assertion. */
  nextId () {
    this.#id += 1
    return String(this.#id)
  }

  /** Adds a test and starts the run soon after the first. */
  add (name, fn, isOnly = false) {
    if (this.completed) throw new Error(`the tests are over, so that this one cannot be added: ${name}`)
    const list = isOnly ? this.onlyTests : this.tests
    list.push(new Test(name, fn, this))
    if (this.scheduled) return
    this.scheduled = true
    const delay = Number(args.env?.SOCKET_TEST_RUNNER_TIMEOUT ?? getDefaultTestRunnerTimeout())
    setTimeout(() => this.run(), delay)
  }

  /**
   * Runs every test, or those added by `only`.
   * @return {Promise<void>}
   */
  async run () {
    const tests = this.onlyTests.length > 0 ? this.onlyTests : this.tests
    let [success, fail] = [0, 0]
    this.report('TAP version 13')
    for (const test of tests) {
      const result = await test.run()
      success += result.pass
      fail += result.fail
    }
    this.completed = true
    const total = success + fail
    for (const line of ['', `1..${total}`, `# tests ${total}`, `# pass  ${success}`]) this.report(line)
    if (fail > 0) this.report(`# fail  ${fail}`)
    else for (const line of ['', '# ok']) this.report(line)
    await this.#onFinish?.({ total, success, fail })
  }

  /** Calls a function with `{ total, success, fail }` when the run is over. */
  onFinish (callback) {
    if (typeof callback !== 'function') throw new TypeError('onFinish() needs a function')
    this.#onFinish = callback
  }
}

/** The runner that `test` adds to. */
export const GLOBAL_TEST_RUNNER = new TestRunner()

initialize(GLOBAL_TEST_RUNNER)

/** Adds a test and leaves out all that are not added by `only`. */
export function only (name, fn) {
  if (fn) GLOBAL_TEST_RUNNER.add(name, fn, true)
}

/** Leaves a test out. */
export function skip (name, fn) {}

/** Whether every assertion needs a message. */
export function setStrict (isStrict) {
  GLOBAL_TEST_RUNNER.strict = isStrict
}

/**
 * Adds a test.
 * @param {string} name
 * @param {(t: Test) => void|Promise<void>} [fn]
 */
export function test (name, fn) {
  if (fn) GLOBAL_TEST_RUNNER.add(name, fn, false)
}
test.only = only
test.skip = skip

export default test

/** Whether an error is the one that was expected. */
function fits (error, expected) {
  if (expected === undefined || expected === null) return true
  if (expected instanceof RegExp) return String(error?.message ?? error).search(expected) !== -1
  if (typeof expected === 'function') {
    if (expected.prototype !== undefined && error instanceof expected) return true
    return !(expected === Error || Object.prototype.isPrototypeOf.call(Error, expected)) && expected.call({}, error) === true
  }
  return Object.entries(expected).every(([key, value]) => value instanceof RegExp ? value.test(error?.[key]) : deepEqual(error?.[key], value))
}
