/**
 * @module timers
 *
 * Timers that can be waited for, and `setImmediate`.
 */
import * as promises from 'socket:timers/promises'
import * as exports from 'socket:timers'

export { promises }

const immediates = new Map()
const channel = new MessageChannel()
let nextId = 1

channel.port1.onmessage = ({ data: id }) => {
  const run = immediates.get(id)
  immediates.delete(id)
  run?.()
  if (immediates.size === 0) channel.port1.unref?.()
}
channel.port1.unref?.()

/** Calls a function after a delay. */
export const setTimeout = (callback, delay, ...values) => globalThis.setTimeout(callback, delay, ...values)
/** Calls a function again and again. */
export const setInterval = (callback, delay, ...values) => globalThis.setInterval(callback, delay, ...values)
/** Forgets a timer. */
export const clearTimeout = (timer) => globalThis.clearTimeout(timer)
/** Forgets a repeated timer. */
export const clearInterval = (timer) => globalThis.clearInterval(timer)

/**
 * Calls a function as soon as the event loop is free, without the delay of a timer.
 * @param {Function} callback
 * @param {...unknown} values
 * @return {number} for `clearImmediate`
 */
export function setImmediate (callback, ...values) {
  const id = nextId
  nextId += 1
  immediates.set(id, () => callback(...values))
  channel.port1.ref?.()
  channel.port2.postMessage(id)
  return id
}

/** Forgets what `setImmediate` was to call. */
export function clearImmediate (id) {
  immediates.delete(id)
}

/** Waits for a time in milliseconds. */
export function sleep (ms) {
  return promises.setTimeout(ms)
}

/** The timers of the page. */
export const platform = { setTimeout, setInterval, setImmediate, clearTimeout, clearInterval, clearImmediate }

export default exports
