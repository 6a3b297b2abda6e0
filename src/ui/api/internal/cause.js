/**
 * What calls go back to: 32 hexadecimal digits that a call, all that comes of it, and its answer have in common.
 *
 * A call takes over the cause of the event or answer that is being dealt with. An event is dealt with while its
 * listeners run; an answer until the promise callbacks that wait for it have had their turn, which is before the
 * page does anything else. Any other call begins a chain of its own.
 */

/** Promise callbacks in a row that may deal with one answer: what is between the transport and the page's own. */
export const HOPS_MAX = 16

const DIGITS = /^[0-9a-f]{32}$/
const NONE = /^0+$/

/** Shared with the preload, which dispatches the events of the top document. */
const holder = globalThis[Symbol.for('socket.runtime.preload')]?.cause ?? { current: null }

const prefix = [...globalThis.crypto.getRandomValues(new Uint8Array(8))].map((byte) => hex(byte, 2)).join('')
// 2^40: far below the integers that a number cannot tell apart, however many calls a page makes.
let next = globalThis.crypto.getRandomValues(new Uint32Array(1))[0] * 256

/** How many hops are left until nothing is dealt with any more. */
let hops = 0

/** Who is told of each call that has ended: `socket:diagnostics`, once it is there. */
export const calls = { watcher: null }

/**
 * The cause of what is being dealt with, or `null`.
 * @return {string|null}
 */
export function currentCause () {
  const { current } = holder
  return typeof current === 'string' && DIGITS.test(current) && !NONE.test(current) ? current : null
}

/**
 * A cause that nothing has had before.
 * @return {string}
 */
export function freshCause () {
  next += 1
  return prefix + hex(next, 16)
}

/**
 * Runs a function as part of dealing with a cause.
 * @template T
 * @param {string|undefined} cause
 * @param {() => T} run
 * @return {T}
 */
export function withCause (cause, run) {
  const { current } = holder
  holder.current = cause ?? null
  try {
    return run()
  } finally {
    holder.current = current
  }
}

/**
 * Makes a cause the current one for the promise callbacks that run next.
 * @param {string} cause
 */
export function carryCause (cause) {
  holder.current = cause
  if (hops === 0) queueMicrotask(hop)
  hops = HOPS_MAX
}

/**
 * Tells whoever watches calls that one has ended.
 * @param {string} name
 * @param {string} cause
 * @param {number} began by `performance.now()`
 * @param {Error|null} error
 */
export function reportCall (name, cause, began, error) {
  calls.watcher?.({ name, cause, duration: performance.now() - began, error: error ?? null })
}

function hop () {
  hops -= 1
  if (hops > 0) queueMicrotask(hop)
  else holder.current = null
}

function hex (number, digits) {
  return number.toString(16).padStart(digits, '0')
}
