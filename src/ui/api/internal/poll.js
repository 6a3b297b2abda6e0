/**
 * Brings the native side's events into this realm.
 *
 * Each event is dispatched on `globalThis` as a `CustomEvent` whose `detail` is the event's data.
 * In the top document the preload does this before any module is loaded, and `startEvents` leaves
 * it alone. Workers and frames open a queue of their own.
 */
import { bootstrap } from 'socket:internal/session'
import { withCause } from 'socket:internal/cause'
import { call } from 'socket:internal/transport'

/** The native side answers within 25 s, so this is never reached unless it is gone. */
const POLL_TIMEOUT_MS = 35_000
const WAIT_MS_MIN = 100
const WAIT_MS_MAX = 5_000
const FINAL = new Set(['ERR_PERMISSION', 'ERR_UNKNOWN_COMMAND', 'ERR_NOT_SUPPORTED'])

let isStarted = false

/** Starts to receive events, if this realm does not receive them yet. */
export function startEvents () {
  if (isStarted || !isWebRealm() || globalThis[Symbol.for('socket.runtime.preload')]?.events) return
  isStarted = true
  run()
}

/**
 * Dispatches events on `globalThis`, one after the other. What their listeners call goes back to their causes.
 * @param {{ event: string, data: any, cause?: string }[]} events
 */
export function dispatchEvents (events) {
  for (const { event, data, cause } of events) {
    withCause(cause, () => globalThis.dispatchEvent(new CustomEvent(event, { detail: data })))
  }
}

function isWebRealm () {
  return typeof globalThis.document !== 'undefined' || typeof globalThis.WorkerGlobalScope !== 'undefined'
}

function isTopDocument () {
  return typeof globalThis.document !== 'undefined' && globalThis.top === globalThis
}

async function run () {
  let client = isTopDocument() ? bootstrap.client.id : null
  let wait = WAIT_MS_MIN
  while (true) {
    const reply = await step(client)
    if (FINAL.has(reply.err?.code)) return
    // The window's events were started anew, and its queues with them.
    if (reply.err?.code === 'ERR_NO_CLIENT' && !isTopDocument()) client = null
    if (reply.err) {
      await new Promise((resolve) => setTimeout(resolve, wait))
      wait = Math.min(wait * 2, WAIT_MS_MAX)
      continue
    }
    wait = WAIT_MS_MIN
    if (client === null) client = reply.data.client
    else if (Array.isArray(reply.data)) dispatchEvents(reply.data)
  }
}

/** Opens the queue if there is none, else waits for its next events. */
function step (client) {
  if (client === null) return call('event.open')
  return call('event.next', { client, timeout: POLL_TIMEOUT_MS }, { ungated: true })
}

export default startEvents
