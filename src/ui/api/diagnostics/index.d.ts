/**
 * @module diagnostics/index
 *
 * Channels between the parts of an app, and a look at what the app's actors do.
 */
declare module 'socket:diagnostics/index' {
  import { Channel, Subscriber } from 'socket:diagnostics/channels'

  export { Channel, default as channels } from 'socket:diagnostics/channels'
  export { actor, cause, findings, snapshot } from 'socket:diagnostics/inspector'
  export { default as runtime } from 'socket:diagnostics/runtime'
  export { TracingChannel, tracingChannel } from 'socket:diagnostics/tracing'
  export { default as window } from 'socket:diagnostics/window'

  /** The channel of that name, made if there is none. */
  export function channel (name: string|symbol): Channel
  /** Subscribes to the channel of that name. */
  export function subscribe (name: 'runtime.call', onMessage: Subscriber<import('socket:diagnostics/inspector').EndedCall>): boolean
  export function subscribe (name: string|symbol, onMessage: Subscriber): boolean
  /** Unsubscribes from the channel of that name; tells whether it was subscribed. */
  export function unsubscribe (name: string|symbol, onMessage: Subscriber): boolean
  /** Whether anybody listens to the channel of that name. */
  export function hasSubscribers (name: string|symbol): boolean

  const exports: typeof import('socket:diagnostics/index')
  export default exports
}
