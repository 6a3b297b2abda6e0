/**
 * @module test/harness
 *
 * Tests that are each given a fresh harness, which is set up before and closed behind them.
 */
import * as exports from 'socket:test/harness'

/** Wraps the functions of `socket:test` for one class of harness. */
export class TapeHarness {
  /**
   * @param {{ test: Function, only: Function, skip: Function }} tapzero the module `socket:test`
   * @param {new (options: object) => { bootstrap(): Promise<void>, close(): Promise<void> }} harnessClass
   */
  constructor (tapzero, harnessClass) {
    this.tapzero = tapzero
    this.harnessClass = harnessClass
  }

  /** Adds a test. */
  test (name, options, body) { this.#add('test', name, options, body) }

  /** Adds a test and leaves out all others. */
  only (name, options, body) { this.#add('only', name, options, body) }

  /** Leaves a test out. */
  skip (name, options, body) { this.#add('skip', name, options, body) }

  #add (kind, name, options, body) {
    if (typeof options === 'function') [options, body] = [{}, options]
    const add = this.tapzero[kind]
    if (!body) return add(name)
    add(name, (t) => this.#run(t, options ?? {}, body))
  }

  async #run (t, options, body) {
    const Harness = this.harnessClass
    const harness = new Harness(Object.assign(options, { assert: t }))
    await harness.bootstrap()
    try {
      await body(harness, t)
    } finally {
      await harness.close()
    }
  }
}

/**
 * Makes a `test` function that gives each test a harness.
 * @param {object} tapzero the module `socket:test`
 * @param {Function} harnessClass
 * @return {Function}
 */
export function wrapHarness (tapzero, harnessClass) {
  const harness = new TapeHarness(tapzero, harnessClass)
  const test = (name, options, body) => harness.test(name, options, body)
  return Object.assign(test, {
    only: (name, options, body) => harness.only(name, options, body),
    skip: (name, options, body) => harness.skip(name, options, body)
  })
}

export default exports
