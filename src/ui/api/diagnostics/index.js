/**
 * @module diagnostics
 *
 * Channels between the parts of an app, and a look at what the app's actors do.
 *
 * ```js
 * import { channel, subscribe, snapshot, actor } from 'socket:diagnostics'
 *
 * subscribe('runtime.call', ({ name, cause, duration, error }) => console.log(name, duration, cause, error))
 *
 * const { actors, findings } = await snapshot() // what `runtime inspect --json` prints
 * const { types, recorder, latencies, asks } = await actor('files')
 * ```
 *
 * A call's `cause` is the same in the recorders of all actors that had to do with it. A call that is made while an
 * event or an answer is dealt with has the cause of that; `cause()` tells which.
 */
import channels, { Channel } from 'socket:diagnostics/channels'
import { actor, cause, findings, snapshot } from 'socket:diagnostics/inspector'
import runtime from 'socket:diagnostics/runtime'
import { TracingChannel, tracingChannel } from 'socket:diagnostics/tracing'
import window from 'socket:diagnostics/window'
import * as exports from 'socket:diagnostics'

export { actor, cause, Channel, channels, findings, runtime, snapshot, TracingChannel, tracingChannel, window }

/**
 * The channel of that name, made if there is none.
 * @param {string|symbol} name
 * @return {Channel}
 */
export function channel (name) {
  return channels.channel(name)
}

/**
 * Subscribes to the channel of that name.
 * @param {string|symbol} name
 * @param {(message: any, name: string|symbol, channel: Channel) => void} onMessage
 * @return {boolean}
 */
export function subscribe (name, onMessage) {
  return channels.subscribe(name, onMessage)
}

/**
 * Unsubscribes from the channel of that name; tells whether it was subscribed.
 * @param {string|symbol} name
 * @param {Function} onMessage
 * @return {boolean}
 */
export function unsubscribe (name, onMessage) {
  return channels.unsubscribe(name, onMessage)
}

/**
 * Whether anybody listens to the channel of that name.
 * @param {string|symbol} name
 * @return {boolean}
 */
export function hasSubscribers (name) {
  return channels.hasSubscribers(name)
}

export default exports
