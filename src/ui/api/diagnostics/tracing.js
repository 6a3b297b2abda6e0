/**
 * @module diagnostics/tracing
 *
 * Five channels that tell of one operation: when it starts and ends, synchronously and later, and how it fails.
 */
import registry, { Channel } from 'socket:diagnostics/channels'

const EVENTS = ['start', 'end', 'asyncStart', 'asyncEnd', 'error']

/** The channels of one operation, as in Node. */
export class TracingChannel {
  /** @param {string|Record<string, Channel>} nameOrChannels */
  constructor (nameOrChannels) {
    for (const event of EVENTS) {
      this[event] = typeof nameOrChannels === 'string'
        ? registry.channel(`tracing:${nameOrChannels}:${event}`)
        : nameOrChannels?.[event]
      if (!(this[event] instanceof Channel)) throw new TypeError(`Expecting '${event}' to be a channel`)
    }
  }

  /** Whether anybody listens to one of them. */
  get hasSubscribers () {
    return EVENTS.some((event) => this[event].hasSubscribers)
  }

  /** Subscribes to each event for which there is a function. */
  subscribe (handlers) {
    for (const event of EVENTS) if (handlers[event]) this[event].subscribe(handlers[event])
  }

  /** Unsubscribes; tells whether all of them were subscribed. */
  unsubscribe (handlers) {
    const wanted = EVENTS.filter((event) => handlers[event])
    return wanted.map((event) => this[event].unsubscribe(handlers[event])).every(Boolean)
  }

  /**
   * Runs a function between `start` and `end`.
   * @param {Function} fn
   * @param {any} [context] the message of each event; gets `result` or `error`
   */
  traceSync (fn, context = {}, thisArg = undefined, ...args) {
    this.start.publish(context)
    try {
      context.result = Reflect.apply(fn, thisArg, args)
      return context.result
    } catch (error) {
      this.#fail(context, error)
      throw error
    } finally {
      this.end.publish(context)
    }
  }

  /** The same for a function that gives a promise; `asyncStart` and `asyncEnd` tell of its outcome. */
  tracePromise (fn, context = {}, thisArg = undefined, ...args) {
    this.start.publish(context)
    try {
      return Promise.resolve(Reflect.apply(fn, thisArg, args)).then((result) => {
        context.result = result
        this.#settle(context)
        return result
      }, (error) => {
        this.#fail(context, error)
        this.#settle(context)
        throw error
      })
    } catch (error) {
      this.#fail(context, error)
      throw error
    } finally {
      this.end.publish(context)
    }
  }

  /** The same for a function that takes a callback, at `position` among its arguments: the last unless said. */
  traceCallback (fn, position = -1, context = {}, thisArg = undefined, ...args) {
    const callback = args.at(position)
    if (typeof callback !== 'function') throw new TypeError('Expecting the callback to be a function')
    const traced = (error, result, ...more) => {
      if (error) this.#fail(context, error)
      else context.result = result
      this.asyncStart.publish(context)
      try {
        return callback(error, result, ...more)
      } finally {
        this.asyncEnd.publish(context)
      }
    }
    args.splice(position, 1, traced)
    this.start.publish(context)
    try {
      return Reflect.apply(fn, thisArg, args)
    } catch (error) {
      this.#fail(context, error)
      throw error
    } finally {
      this.end.publish(context)
    }
  }

  #fail (context, error) {
    context.error = error
    this.error.publish(context)
  }

  #settle (context) {
    this.asyncStart.publish(context)
    this.asyncEnd.publish(context)
  }
}

/**
 * The channels of one operation, by its name or as they are.
 * @param {string|Record<string, Channel>} nameOrChannels
 * @return {TracingChannel}
 */
export function tracingChannel (nameOrChannels) {
  return new TracingChannel(nameOrChannels)
}

export default tracingChannel
