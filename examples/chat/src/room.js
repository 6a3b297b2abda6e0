/**
 * The room: who is in it, what they say, and whether they have read what one said.
 *
 * A `message` is published, so that it reaches those who come later; `hello`, `typing` and `seen` go to
 * those who are there. Each message follows the last one that its author had read, so that everybody sees
 * the same order.
 *
 * Invariant: nothing is shown as somebody's that this somebody's key has not signed. The signature of what
 * goes to those who are here leaves the first 64 bytes out, so that many spaces come first.
 */
import { toHex } from './profile.js'

/** A sign of typing is good for so long, in milliseconds. */
export const TYPING_MS = 4_000

/** What a signature of a stream does not cover. */
const MARGIN = ' '.repeat(64)
const TEXT_LETTERS_MAX = 16_000
const NAME_LETTERS_MAX = 40
const SEEN_AGAIN_MAX = 64

/**
 * Somebody. `peers` are the ids of the peers by which they are here now.
 * @typedef {{ key: string, name: string, peers: Set<string>, typing: number }} Person
 */

/** One room, as one person sees it. Dispatches `people`, `message`, `status`, `typing` and `back`. */
export class Room extends EventTarget {
  #subcluster
  #history
  #me
  #clock
  /** @type {Map<string, Person>} by key */
  people = new Map()
  /** By id: the keys of those who have read a message of one's own. */
  seenBy = new Map()

  /**
   * @param {object} subcluster of `socket:network`
   * @param {import('./history.js').History} history
   * @param {{ name: string, key: string }} me
   * @param {() => number} [clock]
   */
  constructor (subcluster, history, me, clock = Date.now) {
    super()
    this.#subcluster = subcluster
    this.#history = history
    this.#me = me
    this.#clock = clock
    this.#person(me.key, me.name)
    // One's own name is the one given now, not the one of old messages.
    for (const { key, name } of history.messages) if (key !== me.key) this.#person(key, name)
  }

  /** The others who are here now. */
  get present () {
    return [...this.people.values()].filter(({ key, peers }) => key !== this.#me.key && peers.size > 0)
  }

  /** Listens, and reads what was said while nobody was here to listen. */
  async open () {
    const room = this.#subcluster
    room.on('message', (value, packet) => this.#said(value, packet), { order: 'causal', after: this.#history.messages.map(({ id }) => id) })
    room.on('hello', (value, packet) => this.#greeted(value, packet))
    room.on('typing', (value, packet) => this.#typed(value, packet))
    room.on('seen', (value, packet) => this.#read(value, packet))
    room.on('#join', (peer) => this.#greet(peer))
    room.on('#leave', ({ peerId }) => this.#left(peerId))
    for (const peer of room.peers.values()) this.#greet(peer)
    for (const packet of await room.messages('message')) this.#said(packet.value, packet)
  }

  /**
   * Says something.
   * @param {string} said
   * @return {Promise<void>} resolves once it is kept and on its way, rejects if it could not be kept
   */
  async say (said) {
    const { last } = this.#history
    const packet = last ? { packetId: last.id, clock: last.clock } : undefined
    await this.#subcluster.emit('message', { text: said, name: this.#me.name, at: this.#clock() }, { packet })
  }

  /** Lets the others know that one is typing. */
  async typing () {
    await this.#send('typing', {})
  }

  /**
   * Lets the authors know that one has read their messages.
   * @param {string[]} ids
   */
  async seen (ids) {
    if (ids.length > 0) await this.#send('seen', { ids })
  }

  /** Takes another name from now on. */
  async rename (name) {
    this.#me = { ...this.#me, name }
    this.#person(this.#me.key, name)
    this.#tell('people')
    await this.#send('hello', { name })
  }

  /** What goes to those who are here; nobody minds if it is lost. */
  async #send (event, value) {
    if (this.#subcluster.peers.size === 0) return
    await this.#subcluster.stream(event, MARGIN + JSON.stringify(value)).catch(() => {})
  }

  #greet (peer) {
    const { name } = this.#me
    peer.emit('hello', MARGIN + JSON.stringify({ name })).catch(() => {})
  }

  #greeted (value, packet) {
    const key = this.#sender(value, packet)
    if (!key || key === this.#me.key) return
    const person = this.#person(key, text(parse(value).name, NAME_LETTERS_MAX))
    const isBack = person.peers.size === 0
    if (packet.streamFrom) person.peers.add(packet.streamFrom)
    const peer = this.#subcluster.peers.get(packet.streamFrom)
    // Our own greeting may have come before they could hear it.
    if (isBack && peer) this.#greet(peer)
    this.#tell('people')
    const theirs = this.#history.messages.filter((each) => each.key === key).slice(-SEEN_AGAIN_MAX)
    // Whoever greets again may have missed what was read, too.
    if (theirs.length > 0) this.#tell('back', { ids: theirs.map(({ id }) => id) })
  }

  #typed (value, packet) {
    const person = this.people.get(this.#sender(value, packet))
    if (!person || person.key === this.#me.key) return
    person.typing = this.#clock() + TYPING_MS
    this.#tell('typing')
  }

  #read (value, packet) {
    const key = this.#sender(value, packet)
    const { ids } = parse(value)
    if (!key || key === this.#me.key || !Array.isArray(ids)) return
    for (const id of ids.slice(0, SEEN_AGAIN_MAX)) {
      const message = this.#history.messages.find((each) => each.id === id)
      if (message?.key !== this.#me.key) continue
      if (!this.seenBy.has(id)) this.seenBy.set(id, new Set())
      this.seenBy.get(id).add(key)
      this.#tell('status', { id })
    }
  }

  #left (peerId) {
    for (const person of this.people.values()) person.peers.delete(peerId)
    this.#tell('people')
  }

  #said (value, packet) {
    const key = this.#author(packet)
    const said = parse(value)
    if (!key || typeof said.text !== 'string') return
    const id = packet.packetId.toString('hex')
    const message = {
      id,
      previous: packet.previousId.length === 32 ? packet.previousId.toString('hex') : null,
      clock: packet.clock,
      key,
      name: text(said.name, NAME_LETTERS_MAX),
      text: text(said.text, TEXT_LETTERS_MAX),
      at: Number.isFinite(said.at) ? said.at : this.#clock()
    }
    if (!this.#history.add(message)) return
    const person = this.#person(key, message.name)
    person.typing = 0
    this.#tell('message', { message, isOwn: key === this.#me.key })
  }

  /** The key that signed all of a packet. */
  #author (packet) {
    return packet.verification === 'full' && packet.usr2.length === 32 ? toHex(packet.usr2) : null
  }

  /** The key that signed what goes to those who are here. */
  #sender (value, packet) {
    const isCovered = packet.verified && packet.streamFrom && value.toString().startsWith(MARGIN)
    return isCovered && packet.usr2.length === 32 ? toHex(packet.usr2) : null
  }

  #person (key, name) {
    const known = this.people.get(key)
    if (known) {
      if (name) known.name = name
      return known
    }
    const made = { key, name: name || 'Somebody', peers: new Set(), typing: 0 }
    this.people.set(key, made)
    return made
  }

  #tell (type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }))
  }
}

function parse (value) {
  try {
    return Object(JSON.parse(value.toString()))
  } catch {
    return {}
  }
}

/** A text of at most so many letters, without what could turn the rest of a line around. */
function text (value, most) {
  return typeof value === 'string' ? [...value].slice(0, most).join('').replace(/[\u202a-\u202e\u2066-\u2069]/g, '') : ''
}
