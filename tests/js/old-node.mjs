/**
 * What Node 18 lacks and the tests need. The modules themselves run in WebViews, which have it.
 */
import { webcrypto } from 'node:crypto'
import { mock } from 'node:test'

globalThis.crypto ??= webcrypto
globalThis.CustomEvent ??= class CustomEvent extends Event {
  #detail

  constructor (type, options = {}) {
    super(type, options)
    this.#detail = options.detail ?? null
  }

  get detail () { return this.#detail }
}

const [major] = process.versions.node.split('.')

/** Options of a test that takes Node as its judge where Node 18 judged otherwise. */
export const since20 = Number(major) < 20 ? { skip: 'Node 20 and later do it as we do' } : {}

/** Has the tests move time on for these functions; Node 18 takes them as a bare list. */
export function mockTimers (...apis) {
  mock.timers.enable(Number(major) < 20 ? apis : { apis })
}
