/**
 * @module diagnostics/tracing
 *
 * Five channels that tell of one operation: when it starts and ends, synchronously and later, and how it fails.
 */
declare module 'socket:diagnostics/tracing' {
  import { Channel, Subscriber } from 'socket:diagnostics/channels'

  /** The events of one operation. */
  export type TracingEvent = 'start'|'end'|'asyncStart'|'asyncEnd'|'error'

  /** The channels of one operation, as in Node. */
  export class TracingChannel implements Record<TracingEvent, Channel> {
    start: Channel
    end: Channel
    asyncStart: Channel
    asyncEnd: Channel
    error: Channel
    constructor (nameOrChannels: string|Record<TracingEvent, Channel>)
    /** Whether anybody listens to one of them. */
    get hasSubscribers (): boolean
    /** Subscribes to each event for which there is a function. */
    subscribe (handlers: Partial<Record<TracingEvent, Subscriber>>): void
    /** Unsubscribes; tells whether all of them were subscribed. */
    unsubscribe (handlers: Partial<Record<TracingEvent, Subscriber>>): boolean
    /** Runs a function between `start` and `end`; `context` is the message of each event. */
    traceSync<T, A extends any[]> (fn: (...args: A) => T, context?: object, thisArg?: any, ...args: A): T
    /** The same for a function that gives a promise. */
    tracePromise<T, A extends any[]> (fn: (...args: A) => T|Promise<T>, context?: object, thisArg?: any, ...args: A): Promise<T>
    /** The same for a function that takes a callback. */
    traceCallback<T, A extends any[]> (fn: (...args: A) => T, position?: number, context?: object, thisArg?: any, ...args: A): T
  }

  /** The channels of one operation, by its name or as they are. */
  export function tracingChannel (nameOrChannels: string|Record<TracingEvent, Channel>): TracingChannel
  export default tracingChannel
}
