/**
 * A subcluster: everybody who holds its shared key. Emits what its members say, and says what we emit.
 *
 * Besides the names of the app's own events there are `#join` and `#leave` with a peer, `#gap` with the id
 * of a message that was given up, `warning` with an error, `unopened` and `unverified` with a packet.
 */
import { NetworkEmitter, checkName } from 'socket:internal/relay/emitter'
import { messageBytes, toBytes, toHex } from 'socket:internal/relay/bytes'
import { openedOf, toPacket } from 'socket:internal/relay/lines'
import { CACHE_TTL, PacketPublish, sha256 } from 'socket:latica/packets'

/** How many ids are remembered, so that a message that comes twice is delivered once. */
const SEEN_MAX = 4096

/** A part of a cluster, by a shared key. */
export class Subcluster extends NetworkEmitter {
  /** The peers that take part, by id. */
  peers = new Map()
  #bus
  #seen = new Set()
  #joined = null

  /**
   * @param {import('socket:internal/relay/bus').Bus} bus
   * @param {{ sharedKey: Uint8Array, derivedKeys: { publicKey: Uint8Array, privateKey: Uint8Array }, options: object }} made
   */
  constructor (bus, { sharedKey, derivedKeys, options }) {
    super()
    this.#bus = bus
    this.options = options
    this.sharedKey = sharedKey
    this.derivedKeys = derivedKeys
    this.peerId = bus.peerId
    this.subclusterId = toBytes(derivedKeys.publicKey, 'publicKey')
  }

  /**
   * Publishes an event to everybody in the subcluster, those included who are not there yet.
   * @param {string} name
   * @param {any} value bytes, text, or anything that JSON can say
   * @param {{ ttl?: number, packet?: object, nextId?: Uint8Array, meta?: object }} [options] `packet` is the one that it follows
   * @return {Promise<object[]>} the packets, head first, once they are kept
   */
  async emit (name, value, options = {}) {
    return this.#bus.peer.publish(this.sharedKey, await this.#bus.pack(name, value, options, this))
  }

  /**
   * Sends an event to every peer that takes part and is connected now; nobody keeps it.
   * @param {string} name
   * @param {any} value
   * @param {object} [options]
   * @return {Promise<object[]>} the packets that the first of them got
   */
  async stream (name, value, options = {}) {
    const args = await this.#bus.pack(name, value, options, this)
    const sent = [...this.peers.keys()].map((id) => this.#bus.peer.stream(id, this.sharedKey, args))
    const results = await Promise.allSettled(sent)
    const failed = results.find(({ status }) => status === 'rejected')
    if (failed && results.every(({ status }) => status === 'rejected')) throw failed.reason
    return results.find(({ status }) => status === 'fulfilled')?.value ?? []
  }

  /** Takes part. The app adds its listeners first; what goes wrong is told as it would be later. */
  _start () {
    this.#joined = Promise.resolve().then(() => this.join()).catch((error) => { this._emit('warning', error) })
  }

  /** Says again that we take part. */
  async join () {
    await this.#bus.peer.join(this.sharedKey, this.options)
  }

  /** Takes part no longer. */
  async leave () {
    this.#bus.subclusters.delete(this.subclusterId.toString('base64'))
    this.peers.clear()
    await this.#bus.peer.leave(this.subclusterId)
  }

  /**
   * The message that a packet follows.
   * @param {object|Uint8Array|string} packet or its id
   * @return {Promise<object|null>} a packet with `value`, `null` if it follows none or that is not here
   */
  async previous (packet) {
    const { previous } = await this.#links(packet)
    return previous ? this.get(previous) : null
  }

  /**
   * The messages that follow a packet, as far as they are here.
   * @param {object|Uint8Array|string} packet or its id
   * @return {Promise<object[]>} packets with `value`
   */
  async next (packet) {
    const { next } = await this.#links(packet)
    const found = await Promise.all(next.map((id) => this.get(id)))
    return found.filter((each) => each !== null)
  }

  /**
   * A message that the cache holds.
   * @param {Uint8Array|string} packetId
   * @return {Promise<object|null>} a packet with `value`
   */
  async get (packetId) {
    await this.#joined
    const walked = await this.#bus.peer.walk(packetId)
    return walked?.packet ? this.#readable(walked.packet) : null
  }

  /**
   * The messages of an event, or of all, that the cache holds: also those that came while no page was there.
   * @param {string} [name]
   * @param {{ count?: number }} [options] at most so many, the newest
   * @return {Promise<object[]>} packets with `value`, oldest first
   */
  async messages (name, { count = 1024 } = {}) {
    const hash = name === undefined ? undefined : await sha256(name)
    // The native side opens what it has a key for, and gets the key when we join.
    await this.#joined
    const lines = await this.#bus.peer.list(this.subclusterId, count, hash)
    // Of a message in several packets, the head alone bears the name.
    const packets = lines.filter((line) => hash === undefined || line.name === hash).map((line) => this.#readable(line))
    return packets.filter((each) => each !== null)
  }

  /** Delivers a packet once, whichever way it came; resolves to its message if this was the first time. */
  async _deliver (packet, from) {
    const id = packet.packetId.toString('hex')
    if (this.#seen.has(id)) return null
    this.#seen.add(id)
    if (this.#seen.size > SEEN_MAX) this.#seen.delete(this.#seen.values().next().value)
    const message = openedOf(packet)
    if (!message) {
      this._emit('unopened', { packet })
      return null
    }
    if (!packet.verified) this._emit('unverified', packet)
    await this._receive(message, packet)
    await from?._receive(message, packet)
    return message
  }

  _source () {
    return {
      has: async (id) => Boolean((await this.#bus.peer.walk(id))?.packet),
      ask: (id, entry) => this.#bus.peer.query({ packetId: id }, { first: this.#bus.senderOf(entry.packet) }),
      missing: (id) => this._emit('#gap', id)
    }
  }

  async #links (packet) {
    const id = toHex(packet?.packetId ?? packet, 'packet', 32)
    const known = typeof packet === 'object' && packet?.previousId?.length === 32 ? packet.previousId.toString('hex') : null
    const walked = await this.#bus.peer.walk(id)
    return { previous: walked?.previous ?? known, next: walked?.next ?? [] }
  }

  #readable (line) {
    const packet = toPacket(PacketPublish.type, line)
    packet.value = openedOf(packet)
    return packet.value ? packet : null
  }
}

/** A peer that takes part in a subcluster. */
export class SubclusterPeer extends NetworkEmitter {
  #bus
  #subcluster

  /**
   * @param {import('socket:internal/relay/bus').Bus} bus
   * @param {Subcluster} subcluster
   * @param {import('socket:internal/relay/remote-peer').RemotePeer} remote
   */
  constructor (bus, subcluster, remote) {
    super()
    this.#bus = bus
    this.#subcluster = subcluster
    this.peerId = remote.peerId
    this._update(remote)
  }

  /**
   * Sends an event to this peer alone; nobody keeps it.
   * @param {string} name
   * @param {any} value
   * @param {object} [options]
   */
  async emit (name, value, options = {}) {
    const args = await this.#bus.pack(name, value, options, this.#subcluster)
    return this.#bus.peer.stream(this.peerId, this.#subcluster.sharedKey, args)
  }

  /** Takes over address and port; true if that changes something. */
  _update (remote) {
    const isChanged = ['address', 'port', 'natType'].some((key) => this[key] !== remote[key])
    this._peer = remote
    this.address = remote.address
    this.port = remote.port
    this.natType = remote.natType
    return isChanged
  }
}

/**
 * The arguments of a publish or stream.
 * @param {string} name
 * @param {any} value
 * @param {object} options
 * @return {Promise<object>}
 */
export async function packEvent (name, value, options) {
  checkName(name)
  const ttl = options.ttl ? Math.min(options.ttl, CACHE_TTL) : undefined
  return { ...options, ttl, usr1: await sha256(name, { bytes: true }), message: messageBytes(value) }
}

export default Subcluster
