/**
 * @module timers/promises
 *
 * Timers as promises; a signal ends the wait with an `AbortError`.
 */
import { AbortError } from 'socket:errors'
import * as timers from 'socket:timers'
import * as exports from 'socket:timers/promises'

/** Waits, and gives back a value. */
export function setTimeout (delay, value, { signal } = {}) {
  return waitFor(signal, value, (done) => {
    const timer = globalThis.setTimeout(done, delay)
    return () => globalThis.clearTimeout(timer)
  })
}

/** Waits until the event loop is free, and gives back a value. */
export function setImmediate (value, { signal } = {}) {
  return waitFor(signal, value, (done) => {
    const id = timers.setImmediate(done)
    return () => timers.clearImmediate(id)
  })
}

/** Yields a value again and again. */
export async function * setInterval (delay, value, { signal } = {}) {
  while (true) yield await setTimeout(delay, value, { signal })
}

/** `wait` and `yield`, by the names of the web's scheduler. */
export const scheduler = {
  wait: (delay, options) => setTimeout(delay, undefined, options),
  yield: () => setImmediate()
}

export default exports

function waitFor (signal, value, start) {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(new AbortError(signal))
    const onabort = () => {
      stop()
      reject(new AbortError(signal))
    }
    const stop = start(() => {
      signal?.removeEventListener('abort', onabort)
      resolve(value)
    })
    signal?.addEventListener('abort', onabort, { once: true })
  })
}
