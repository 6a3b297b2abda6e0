/**
 * @module events
 *
 * `EventEmitter` with Node's semantics, and the event classes of the web.
 *
 * ```js
 * import { EventEmitter, once } from 'socket:events'
 * ```
 */
import { inspect } from 'socket:internal/util/inspect'
import { codedError, invalidArgType, outOfRange } from 'socket:internal/node-errors'
import { iterate } from 'socket:internal/events-iterator'
import { CustomEvent, ErrorEvent, Event, EventTarget, MessageEvent } from 'socket:internal/event-classes'

export { CustomEvent, ErrorEvent, Event, EventTarget, MessageEvent }

/** Listeners of this event see an `error` event without handling it. */
export const errorMonitor = Symbol.for('events.errorMonitor')

/** The name under which an emitter may take rejections; kept for compatibility. */
export const captureRejectionSymbol = Symbol.for('nodejs.rejection')

let defaultMaxListeners = 10

/**
 * Calls named listeners in the order in which they were added.
 * @class
 */
export function EventEmitter () {
  EventEmitter.init.call(this)
}

EventEmitter.prototype._events = undefined
EventEmitter.prototype._eventsCount = 0
EventEmitter.prototype._maxListeners = undefined

/** Gives an object its own listeners; called by the constructor. */
EventEmitter.init = function () {
  if (this._events === undefined || this._events === Object.getPrototypeOf(this)._events) {
    this._events = Object.create(null)
    this._eventsCount = 0
  }
  this._maxListeners ??= undefined
}

const methods = {
  /** Calls every listener of `name`; true if there was one. */
  emit (name, ...values) {
    const events = this._events
    if (name === 'error') {
      if (events?.[errorMonitor] !== undefined) this.emit(errorMonitor, ...values)
      if (events?.error === undefined) throw unhandled(values[0])
    }
    const handler = events?.[name]
    if (handler === undefined) return false
    if (typeof handler === 'function') {
      Reflect.apply(handler, this, values)
    } else {
      for (const listener of handler.slice()) Reflect.apply(listener, this, values)
    }
    return true
  },

  /** Adds a listener behind the others. */
  on (name, listener) {
    return add(this, name, listener, false)
  },

  /** Adds a listener before the others. */
  prependListener (name, listener) {
    return add(this, name, listener, true)
  },

  /** Adds a listener that is called once. */
  once (name, listener) {
    return add(this, name, wrapOnce(this, name, listener), false)
  },

  /** Adds a listener that is called once, before the others. */
  prependOnceListener (name, listener) {
    return add(this, name, wrapOnce(this, name, listener), true)
  },

  /** Removes the listener that was added last, if there are several equal ones. */
  removeListener (name, listener) {
    checkListener(listener)
    const handler = this._events?.[name]
    if (handler === undefined) return this
    const list = typeof handler === 'function' ? [handler] : handler
    const index = list.findLastIndex((each) => each === listener || each.listener === listener)
    if (index < 0) return this
    const rest = list.toSpliced?.(index, 1) ?? list.filter((_, at) => at !== index)
    store(this, name, rest)
    if (this._events.removeListener !== undefined) {
      this.emit('removeListener', name, list[index].listener ?? listener)
    }
    return this
  },

  /** Removes every listener, or those of one event. */
  removeAllListeners (...names) {
    if (this._events === undefined) return this
    if (names.length === 0) {
      if (this._events.removeListener !== undefined) {
        for (const name of Reflect.ownKeys(this._events)) {
          if (name !== 'removeListener') this.removeAllListeners(name)
        }
        this.removeAllListeners('removeListener')
      }
      this._events = Object.create(null)
      this._eventsCount = 0
      return this
    }
    const [name] = names
    if (this._events.removeListener === undefined) {
      store(this, name, [])
    } else {
      for (const listener of this.rawListeners(name).reverse()) this.removeListener(name, listener)
    }
    return this
  },

  /** The listeners of an event, without the wrappers of `once`. */
  listeners (name) {
    return this.rawListeners(name).map((each) => each.listener ?? each)
  },

  /** The listeners of an event as they are kept. */
  rawListeners (name) {
    const handler = this._events?.[name]
    if (handler === undefined) return []
    return typeof handler === 'function' ? [handler] : handler.slice()
  },

  /** How many listeners an event has, or how often it has one listener. */
  listenerCount (name, listener) {
    const list = this.rawListeners(name)
    if (listener == null) return list.length
    return list.filter((each) => each === listener || each.listener === listener).length
  },

  /** The events that have listeners. */
  eventNames () {
    return this._eventsCount > 0 ? Reflect.ownKeys(this._events) : []
  },

  /** Sets how many listeners an event may have before a warning is given; 0 is no limit. */
  setMaxListeners (count) {
    this._maxListeners = checkCount(count, 'setMaxListeners')
    return this
  },

  /** How many listeners an event may have before a warning is given. */
  getMaxListeners () {
    return this._maxListeners ?? defaultMaxListeners
  }
}

for (const [name, method] of Object.entries(methods)) EventEmitter.prototype[name] = method
EventEmitter.prototype.addListener = EventEmitter.prototype.on
EventEmitter.prototype.off = EventEmitter.prototype.removeListener

/**
 * Waits for one event of an emitter or an event target.
 * @param {EventEmitter|EventTarget} emitter
 * @param {string|symbol} name
 * @param {{ signal?: AbortSignal }} [options]
 * @return {Promise<any[]>} the values that came with it
 */
export function once (emitter, name, options = {}) {
  const signal = options?.signal
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(aborted(signal))
    const done = (settle, value) => {
      unsubscribe(emitter, name, onevent)
      if (isEmitter(emitter) && name !== 'error') emitter.removeListener('error', onerror)
      signal?.removeEventListener('abort', onabort)
      settle(value)
    }
    const onevent = (...values) => done(resolve, values)
    const onerror = (error) => done(reject, error)
    const onabort = () => done(reject, aborted(signal))
    if (isEmitter(emitter)) {
      emitter.once(name, onevent)
      if (name !== 'error') emitter.once('error', onerror)
    } else {
      subscribe(emitter, name, onevent)
    }
    signal?.addEventListener('abort', onabort, { once: true })
  })
}

/**
 * Iterates over the events of an emitter or an event target.
 * @param {EventEmitter|EventTarget} emitter
 * @param {string|symbol} name
 * @param {{ signal?: AbortSignal, close?: string[] }} [options]
 * @return {AsyncIterableIterator<any[]>}
 */
export function on (emitter, name, options = {}) {
  const signal = options?.signal
  if (signal?.aborted) throw aborted(signal)
  const hub = { subscribe, unsubscribe, aborted, isEmitter: isEmitter(emitter) }
  return iterate(hub, emitter, name, { signal, close: options?.close ?? [] })
}

/**
 * How many listeners an emitter has for an event.
 * @param {EventEmitter} emitter
 * @param {string|symbol} name
 * @return {number}
 */
export function listenerCount (emitter, name) {
  return emitter.listenerCount(name)
}

/**
 * A copy of an emitter's listeners for an event.
 * @param {EventEmitter} emitter
 * @param {string|symbol} name
 * @return {Function[]}
 */
export function getEventListeners (emitter, name) {
  if (typeof emitter?.listeners !== 'function') {
    throw invalidArgType('emitter', 'an instance of EventEmitter', emitter)
  }
  return emitter.listeners(name)
}

/**
 * How many listeners an emitter's event may have before a warning is given.
 * @param {EventEmitter} emitter
 * @return {number}
 */
export function getMaxListeners (emitter) {
  return emitter?.getMaxListeners?.() ?? defaultMaxListeners
}

/**
 * Sets the limit of the given emitters, or of all if none is given.
 * @param {number} [count]
 * @param {...EventEmitter} emitters
 */
export function setMaxListeners (count = defaultMaxListeners, ...emitters) {
  checkCount(count, 'setMaxListeners')
  if (emitters.length === 0) defaultMaxListeners = count
  for (const emitter of emitters) emitter.setMaxListeners?.(count)
}

Object.assign(EventEmitter, {
  EventEmitter, once, on, listenerCount, getEventListeners, getMaxListeners, setMaxListeners,
  errorMonitor, captureRejectionSymbol, Event, EventTarget, CustomEvent, ErrorEvent, MessageEvent
})
Object.defineProperty(EventEmitter, 'defaultMaxListeners', {
  enumerable: true,
  get: () => defaultMaxListeners,
  set (count) { defaultMaxListeners = checkCount(count, 'defaultMaxListeners') }
})

export default EventEmitter

function add (emitter, name, listener, isFirst) {
  checkListener(listener)
  if (emitter._events === undefined) {
    emitter._events = Object.create(null)
    emitter._eventsCount = 0
  } else if (emitter._events.newListener !== undefined) {
    emitter.emit('newListener', name, listener.listener ?? listener)
  }
  const list = emitter.rawListeners(name)
  if (isFirst) list.unshift(listener)
  else list.push(listener)
  store(emitter, name, list)
  warnOfLeak(emitter, name, list)
  return emitter
}

/** Keeps one listener as itself and several as a list, and forgets an event without any. */
function store (emitter, name, list) {
  const had = emitter._events[name] !== undefined
  if (list.length === 0) {
    delete emitter._events[name]
    if (had) emitter._eventsCount -= 1
    return
  }
  emitter._events[name] = list.length === 1 ? list[0] : list
  if (!had) emitter._eventsCount += 1
}

function wrapOnce (emitter, name, listener) {
  checkListener(listener)
  let isFired = false
  const wrapper = function (...values) {
    if (isFired) return
    isFired = true
    emitter.removeListener(name, wrapper)
    return Reflect.apply(listener, emitter, values)
  }
  wrapper.listener = listener
  return wrapper
}

const warned = new WeakMap()

function warnOfLeak (emitter, name, list) {
  const limit = emitter.getMaxListeners()
  if (limit <= 0 || list.length <= limit) return
  const names = warned.get(emitter) ?? new Set()
  if (names.has(name)) return
  warned.set(emitter, names.add(name))
  console.warn(
    `MaxListenersExceededWarning: possible EventEmitter memory leak: ${list.length} ${String(name)} listeners ` +
    `added to ${emitter.constructor?.name ?? 'EventEmitter'}; the limit is ${limit}, see setMaxListeners()`
  )
}

function checkListener (listener) {
  if (typeof listener !== 'function') throw invalidArgType('listener', 'of type function', listener)
}

function checkCount (count, name) {
  if (typeof count !== 'number') throw invalidArgType(name, 'of type number', count)
  if (!(count >= 0)) throw outOfRange(name, '>= 0', count)
  return count
}

function unhandled (value) {
  if (value instanceof Error) return value
  const error = codedError(Error, 'ERR_UNHANDLED_ERROR', `Unhandled error. (${inspect(value)})`)
  error.context = value
  return error
}

function isEmitter (target) {
  return typeof target?.on === 'function' && typeof target?.removeListener === 'function'
}

function subscribe (target, name, listener) {
  if (isEmitter(target)) return target.on(name, listener)
  if (typeof target?.addEventListener !== 'function') {
    throw invalidArgType('emitter', 'an instance of EventEmitter', target)
  }
  target.addEventListener(name, listener)
}

function unsubscribe (target, name, listener) {
  if (isEmitter(target)) target.removeListener(name, listener)
  else target.removeEventListener(name, listener)
}

function aborted (signal) {
  const error = codedError(Error, 'ABORT_ERR', 'The operation was aborted')
  error.name = 'AbortError'
  error.cause = signal.reason
  return error
}
