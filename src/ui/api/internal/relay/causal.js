/**
 * Puts messages into causal order: none is delivered before the one that it follows.
 *
 * Feed `add` with every message of a subcluster. A message whose predecessor is missing is held back, the
 * predecessor is asked for, and if it does not come in time it is given up, which is said.
 *
 * Invariant: at most `HELD_MAX` messages are held back; the oldest gap is given up for a newer one.
 */

/** How many messages are held back. */
export const HELD_MAX = 1024

/** How many ids are remembered as delivered. */
export const DELIVERED_MAX = 4096

/** How often, in milliseconds, a missing message is asked for again, and how often in all. */
export const ASK_MS = 2_000
export const ASKS_MAX = 5

/**
 * A message of a subcluster.
 * @typedef {{ message: Uint8Array, packet: import('socket:latica/packets').Packet, name?: string }} Entry
 */

/** Holds messages back until what they follow has been delivered. */
export class CausalOrder {
  #source
  #delivered = new Set()
  #heldIds = new Set()
  /** By the id that is missing: the messages that follow it, and the timer of the next question. */
  #gaps = new Map()

  /**
   * @param {object} source
   * @param {(entry: Entry) => void} source.deliver
   * @param {(id: string) => Promise<boolean>} source.has whether a message has been here already, before there was a listener
   * @param {(id: string, entry: Entry) => Promise<void>} source.ask asks the network for a message that `entry` follows
   * @param {(id: string) => void} source.missing told when a message is given up
   * @param {Iterable<string>} [after] ids of messages that the listener has from elsewhere
   */
  constructor (source, after = []) {
    this.#source = source
    for (const id of after) this.#remember(id)
  }

  /** How many messages are held back. */
  get held () {
    return this.#heldIds.size
  }

  /**
   * Takes a message in.
   * @param {Entry} entry
   */
  add (entry) {
    const id = hex(entry.packet.packetId)
    if (this.#delivered.has(id) || this.#heldIds.has(id)) return
    const previous = idOf(entry.packet.previousId)
    if (previous === null || previous === id || this.#delivered.has(previous)) {
      this.#release(id, entry)
      return
    }
    if (this.#heldIds.size >= HELD_MAX) this.#giveUp(this.#gaps.keys().next().value)
    this.#heldIds.add(id)
    this.#gapOf(previous, entry).entries.push([id, entry])
  }

  /** Delivers nothing any more. */
  close () {
    for (const gap of this.#gaps.values()) clearTimeout(gap.timer)
    this.#gaps.clear()
    this.#heldIds.clear()
  }

  /** The gap of a missing message; asks for it if that is new, and if it is not held back itself. */
  #gapOf (missing, entry) {
    const known = this.#gaps.get(missing)
    if (known) return known
    const gap = { entries: [], asks: 0, timer: null }
    this.#gaps.set(missing, gap)
    this.#seek(missing, gap, entry)
    return gap
  }

  async #seek (missing, gap, entry) {
    const isThere = !this.#heldIds.has(missing) && await this.#source.has(missing).catch(() => false)
    if (this.#gaps.get(missing) !== gap) return
    if (isThere) {
      this.#settle(missing)
      return
    }
    if (gap.asks === ASKS_MAX) {
      this.#giveUp(missing)
      return
    }
    // A message that is held back itself will come; what it waits for is asked for.
    if (!this.#heldIds.has(missing)) {
      gap.asks += 1
      this.#source.ask(missing, entry).catch(() => {})
    }
    gap.timer = setTimeout(() => this.#seek(missing, gap, entry), ASK_MS)
  }

  #giveUp (missing) {
    if (missing === undefined) return
    this.#source.missing(missing)
    this.#settle(missing)
  }

  #release (id, entry) {
    this.#source.deliver(entry)
    this.#settle(id)
  }

  /** Delivers what waited for a message, and what waited for that; the order is the same at every peer. */
  #settle (id) {
    const list = [id]
    while (list.length > 0) {
      const settled = list.shift()
      this.#remember(settled)
      const gap = this.#gaps.get(settled)
      if (!gap) continue
      clearTimeout(gap.timer)
      this.#gaps.delete(settled)
      for (const [next, entry] of gap.entries.sort(byClock)) {
        this.#heldIds.delete(next)
        this.#source.deliver(entry)
        list.push(next)
      }
    }
  }

  #remember (id) {
    this.#delivered.add(id)
    if (this.#delivered.size > DELIVERED_MAX) this.#delivered.delete(this.#delivered.values().next().value)
  }
}

function byClock ([a, { packet: left }], [b, { packet: right }]) {
  return left.clock - right.clock || (a < b ? -1 : 1)
}

const hex = (bytes) => bytes.toString('hex')

/** The id in a field, `null` if it is unset. */
const idOf = (bytes) => bytes.length === 32 ? hex(bytes) : null

export default CausalOrder
