/**
 * @module diagnostics/channels
 *
 * Channels on which parts of an app tell what they do, and others listen.
 *
 * Names are compared in lower case, and white space, `-` and `_` count as `.`; a symbol is a name as it is.
 * A channel without subscribers costs a look at `hasSubscribers`, and is forgotten when nobody holds it.
 */
import { IllegalConstructor } from 'socket:util'

/** Kept for compatibility: nothing is reserved for subscribers. */
export const MIN_CHANNEL_SUBSCRIBER_SIZE = 64

/** Channels that somebody listens to, which must outlive whoever made them. */
const active = new Set()

/**
 * The name by which channels are compared; that of a group goes first.
 * @param {{ name: string }|string|null} group
 * @param {string} [name]
 * @return {string}
 */
export function normalizeName (group, name) {
  if (typeof (name ?? group) === 'symbol') return name ?? group
  const owner = group?.name ?? group ?? ''
  if (group && name === undefined) return plain(owner)
  if (typeof name !== 'string') throw new TypeError(`Expecting 'name' to be a string. Got: ${typeof name}`)
  const prefix = typeof owner === 'string' && owner ? plain(owner) : ''
  const own = plain(name)
  return prefix && own !== prefix && !own.startsWith(`${prefix}.`) ? `${prefix}.${own}` : own
}

/** A channel that nobody listens to; it becomes an `ActiveChannel` with its first subscriber. */
export class Channel {
  #subscribers = []

  /** @param {string|symbol} name */
  constructor (name) {
    this.name = name
    /** The group that it belongs to. */
    this.group = null
  }

  /** Who listens. */
  get subscribers () {
    return [...this.#subscribers]
  }

  /** Whether anybody listens. */
  get hasSubscribers () {
    return false
  }

  /** How many listen. */
  get length () {
    return this.#subscribers.length
  }

  /** Goes over who listens. */
  [Symbol.iterator] () {
    return this.subscribers[Symbol.iterator]()
  }

  /**
   * Forgets every subscriber, and the group if wanted.
   * @param {boolean} [shouldOrphan]
   */
  reset (shouldOrphan = false) {
    this.#subscribers = []
    becomeIdle(this)
    if (shouldOrphan === true) this.group = null
  }

  /**
   * The channel below this one: `fetch.start` of `fetch`.
   * @param {string} name
   * @return {Channel}
   */
  channel (name) {
    return registry.channel(normalizeName(this, name))
  }

  /**
   * Adds a subscriber, which is called with message, name and channel.
   * @param {any} name may be left out
   * @param {Function} [onMessage]
   * @return {boolean}
   */
  subscribe (name, onMessage) {
    this.#subscribers = [...this.#subscribers, listener(name, onMessage)]
    active.add(this)
    Object.setPrototypeOf(this, ActiveChannel.prototype)
    return true
  }

  /**
   * Takes a subscriber away; tells whether it was one.
   * @param {any} name may be left out
   * @param {Function} [onMessage]
   * @return {boolean}
   */
  unsubscribe (name, onMessage) {
    const place = this.#subscribers.indexOf(listener(name, onMessage))
    if (place === -1) return false
    this.#subscribers = this.#subscribers.filter((_, index) => index !== place)
    if (this.#subscribers.length === 0) becomeIdle(this)
    return true
  }

  /**
   * Tells nobody, since nobody listens.
   * @param {any} [name]
   * @param {any} [message]
   * @return {Promise<boolean>}
   */
  async publish (name, message) {
    return false
  }

  /** Name and number of subscribers. */
  toJSON () {
    return { name: String(this.name), subscribers: this.length }
  }

  /** The tag `DiagnosticChannel`. */
  get [Symbol.toStringTag] () {
    return `Diagnostic${this.constructor.name}`
  }
}

/** A channel that somebody listens to. */
export class ActiveChannel extends Channel {
  /** Whether anybody listens. */
  get hasSubscribers () {
    return true
  }

  /**
   * Tells every subscriber before it returns. An error of one is reported as uncaught, and keeps none of the others
   * from being told.
   * @param {any} message
   * @return {Promise<boolean>} whether all took it, once those that answer with a promise have
   */
  async publish (message) {
    const taken = this.subscribers.map((subscriber) => deliver(subscriber, message, this))
    const outcomes = await Promise.all(taken)
    return outcomes.every(Boolean)
  }
}

/** Channels with a name in common; it can be used like one. */
export class ChannelGroup extends Channel {
  /**
   * @param {string} name
   * @param {Channel[]} [channels]
   */
  constructor (name, channels) {
    super(name)
    this.channels = Array.isArray(channels) ? channels.filter(Boolean) : []
    for (const channel of this.channels) channel.group = this
  }

  /** Who listens to any of them. */
  get subscribers () {
    return this.channels.flatMap((channel) => channel.subscribers)
  }

  /** How many channels there are. */
  get length () {
    return this.channels.length
  }

  /** Whether anybody listens to any of them. */
  get hasSubscribers () {
    return this.channels.some((channel) => channel.hasSubscribers)
  }

  /** Goes over the channels. */
  [Symbol.iterator] () {
    return this.channels[Symbol.iterator]()
  }

  /**
   * Forgets the subscribers of every channel.
   * @param {boolean} [shouldOrphan]
   */
  reset (shouldOrphan = false) {
    for (const channel of this.channels) channel.reset(shouldOrphan)
  }

  /**
   * Subscribes to the channels that a name selects, or to all.
   * @param {any} name
   * @param {Function} [onMessage]
   * @return {boolean} whether there was one
   */
  subscribe (name, onMessage) {
    return this.#each(name, onMessage, (channel, subscriber) => channel.subscribe(subscriber))
  }

  /**
   * Unsubscribes from the channels that a name selects, or from all.
   * @param {any} name
   * @param {Function} [onMessage]
   * @return {boolean} whether it was subscribed to each of them
   */
  unsubscribe (name, onMessage) {
    return this.#each(name, onMessage, (channel, subscriber) => channel.unsubscribe(subscriber))
  }

  /**
   * The channel of that name, made if there is none.
   * @param {string} name
   * @return {Channel}
   */
  channel (name) {
    const full = normalizeName(this, name)
    const known = this.channels.find((channel) => normalizeName(channel.name) === full)
    if (known) return known
    const made = registry.channel(full)
    made.group = this
    this.channels.push(made)
    return made
  }

  /**
   * Selects channels: by name, by names with commas between, by a list of names; `*` stands for anything.
   * @param {string|string[]} keys
   * @param {boolean} [hasSubscribers] leaves out those that nobody listens to
   * @return {{ name: string, channel: Channel }[]}
   */
  select (keys, hasSubscribers = false) {
    const list = typeof keys === 'string' ? keys.split(',') : [...keys ?? []]
    const selected = new Map()
    for (const key of list.filter(Boolean)) {
      const name = normalizeName(this, key)
      for (const channel of this.channels) {
        const isWanted = !hasSubscribers || channel.hasSubscribers
        if (isWanted && !selected.has(channel) && fits(name, normalizeName(channel.name))) selected.set(channel, name)
      }
    }
    return [...selected].map(([channel, name]) => ({ name, channel }))
  }

  /**
   * Publishes a message to what a name selects, or several by name: `publish({ start: 1, end: 2 })`.
   * @param {string|Record<string, any>} name
   * @param {any} [message]
   * @return {Promise<boolean>} whether somebody was told, and all took it
   */
  async publish (name, message) {
    const targets = typeof name === 'string' ? { [name]: message } : name
    const pending = Object.entries(targets ?? {}).flatMap(([key, each]) =>
      this.select(key, true).map(({ channel }) => channel.publish(each)))
    const outcomes = await Promise.all(pending)
    return outcomes.length > 0 && outcomes.every(Boolean)
  }

  #each (name, onMessage, act) {
    const subscriber = listener(name, onMessage)
    const isAll = typeof name === 'function' || name === null || name === undefined
    const selected = this.select(isAll ? '*' : name)
    return selected.map(({ channel }) => act(channel, subscriber)).every(Boolean) && selected.length > 0
  }
}

/** Every channel by name. */
class ChannelRegistry {
  #channels = new Map()
  #forgotten = new FinalizationRegistry((key) => {
    if (this.#channels.get(key)?.deref() === undefined) this.#channels.delete(key)
  })

  /** Subscribes to the channel of that name. */
  subscribe (name, onMessage) {
    return this.channel(name).subscribe(onMessage)
  }

  /** Unsubscribes from the channel of that name; tells whether it was subscribed. */
  unsubscribe (name, onMessage) {
    return this.get(name)?.unsubscribe(onMessage) ?? false
  }

  /** Whether anybody listens to the channel of that name. */
  hasSubscribers (name) {
    return this.get(name)?.hasSubscribers ?? false
  }

  /** The channel of that name, made if there is none. */
  channel (name) {
    return this.get(name) ?? this.set(name, new Channel(name))
  }

  /** A group of channels, by name or as they are. */
  group (name, channels = []) {
    const list = Array.isArray(channels) ? channels : [channels]
    const made = list.map((each) => each instanceof Channel ? each : this.channel(normalizeName(name, each)))
    return new ChannelGroup(name, made)
  }

  /** The channel of that name, or `null`. */
  get (name) {
    return this.#channels.get(normalizeName(name))?.deref() ?? null
  }

  /** Whether there is a channel of that name. */
  has (name) {
    return this.get(name) !== null
  }

  /** Gives a channel a name. */
  set (name, channel) {
    if (!(channel instanceof Channel)) {
      throw new TypeError(`Expecting 'channel' to be an instance of 'Channel'. Got ${String(channel)}`)
    }
    const key = normalizeName(name)
    this.#channels.set(key, new WeakRef(channel))
    this.#forgotten.register(channel, key)
    return channel
  }

  /** Forgets the channel of that name; tells whether there was one. */
  remove (name) {
    return this.#channels.delete(normalizeName(name))
  }

  /** What each channel says of itself, by name. */
  toJSON () {
    const known = [...this.#channels].map(([key, reference]) => [String(key), reference.deref()?.toJSON()])
    return Object.fromEntries(known.filter(([, json]) => json !== undefined))
  }

  /** The tag `DiagnosticChannels`. */
  get [Symbol.toStringTag] () {
    return 'DiagnosticChannels'
  }
}

/** Every channel of this realm, by name. */
export const registry = new ChannelRegistry()
ChannelRegistry.prototype.constructor = IllegalConstructor

export default registry

function plain (name) {
  return String(name).toLowerCase().replace(/\s+/g, '.').replace(/[-_]/g, '.')
}

function fits (pattern, name) {
  const source = pattern.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('.*')
  return new RegExp(`^${source}$`).test(name)
}

function listener (name, onMessage) {
  const subscriber = typeof name === 'function' ? name : onMessage
  if (typeof subscriber === 'function') return subscriber
  throw new TypeError(`Expecting 'onMessage' to be a function. Got: ${typeof subscriber}`)
}

function becomeIdle (channel) {
  active.delete(channel)
  if (channel instanceof ActiveChannel) Object.setPrototypeOf(channel, Channel.prototype)
}

/** Makes an error an uncaught one, as the engine would. */
function report (error) {
  if (globalThis.reportError) globalThis.reportError(error)
  else queueMicrotask(() => { throw error })
}

async function deliver (subscriber, message, channel) {
  try {
    await subscriber(message, channel.name, channel)
    return true
  } catch (error) {
    report(error)
    return false
  }
}
