/**
 * What a bus, a subcluster and a peer in it have in common: `on` listens for events of the network and,
 * for names that begin with `#`, for what happens on this side; `emit` sends.
 *
 * `_on` and `_emit` are those of an ordinary `EventEmitter`, as apps of Socket Runtime know them.
 */
import { EventEmitter } from 'socket:events'
import { CausalOrder } from 'socket:internal/relay/causal'
import { invalidArgType, invalidArgValue } from 'socket:internal/node-errors'
import { Names } from 'socket:internal/relay/names'

/** Events of this side that do not begin with `#`. */
const LOCAL = new Set(['error', 'warning', 'unopened', 'unverified'])

/** Sends and receives events of the network. */
export class NetworkEmitter extends EventEmitter {
  #names = new Names()
  #wrapped = new Map()
  #orders = new Set()

  constructor () {
    super()
    this.setMaxListeners(0)
  }

  /**
   * Adds a listener; it is called with the message as a `Buffer`, and the packet.
   * @param {string} name
   * @param {(value: any, packet: any) => void} listener
   * @param {{ order?: 'arrival'|'causal', after?: Iterable<string> }} [options] causal: a message never comes before the
   *   one that it follows; those in `after`, ids as hex digits, the listener has already
   * @return {Promise<void>}
   */
  on (name, listener, options = {}) {
    checkName(name)
    checkOrder(options.order)
    const called = options.order === 'causal' ? this.#causal(name, listener, options.after) : listener
    this._on(name, called)
    return isLocal(name) ? Promise.resolve() : this.#names.learn(name)
  }

  /**
   * Adds a listener that is called once.
   * @param {string} name
   * @param {(value: any, packet: any) => void} listener
   */
  once (name, listener) {
    checkName(name)
    super.once(name, listener)
    return isLocal(name) ? Promise.resolve() : this.#names.learn(name)
  }

  /** Adds an ordinary listener, at once. */
  _on (name, listener) {
    return super.on(name, listener)
  }

  /** The same as `on`. */
  addListener (name, listener, options) {
    return this.on(name, listener, options)
  }

  /** Calls the listeners of this side. */
  _emit (name, ...values) {
    if (name === 'error' && this.listenerCount('error') === 0) return false
    return super.emit(name, ...values)
  }

  /**
   * Removes a listener.
   * @param {string} name
   * @param {Function} listener
   */
  off (name, listener) {
    const list = this.#wrapped.get(listener) ?? []
    const at = list.findIndex((each) => each.name === name)
    if (at < 0) return super.removeListener(name, listener)
    const [{ called, order }] = list.splice(at, 1)
    this.#orders.delete(order)
    order.close()
    return super.removeListener(name, called)
  }

  /** The same as `off`. */
  removeListener (name, listener) {
    return this.off(name, listener)
  }

  /**
   * Hands a message to the listeners of its event.
   * @param {Uint8Array} message
   * @param {import('socket:latica/packets').Packet} packet
   */
  async _receive (message, packet) {
    const name = await this.#names.find(packet.usr1)
    // Every causal listener sees every message: what one follows may be of another event.
    for (const order of this.#orders) order.add({ message, packet, name })
    if (name !== undefined) this._emit(name, message, packet)
    return name
  }

  /** What a causal listener asks its network; a subclass that can, answers. */
  _source () {
    return null
  }

  #causal (name, listener, after) {
    const source = this._source()
    if (!source) throw invalidArgValue('options.order', 'causal', 'is for subclusters only')
    const order = new CausalOrder({
      ...source,
      deliver: (each) => { if (each.name === name) listener(each.message, each.packet) }
    }, after)
    const called = () => {}
    const list = this.#wrapped.get(listener) ?? []
    list.push({ name, called, order })
    this.#wrapped.set(listener, list)
    this.#orders.add(order)
    return called
  }
}

const isLocal = (name) => name.startsWith('#') || LOCAL.has(name)

/** Refuses what is no order. */
function checkOrder (order) {
  if (order === undefined || order === 'arrival' || order === 'causal') return
  throw invalidArgValue('options.order', order, "must be 'arrival' or 'causal'")
}

/**
 * Refuses what cannot be the name of an event.
 * @param {unknown} name
 */
export function checkName (name) {
  if (typeof name !== 'string') throw invalidArgType('eventName', 'of type string', name)
  if (name.length === 0) throw invalidArgValue('eventName', name, 'must not be empty')
}

export default NetworkEmitter
