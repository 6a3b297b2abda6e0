/**
 * The low-level `Peer`: a thin client of a peer that the app runs.
 *
 * `init` opens the peer, or attaches to it if the app has one with that id. What happens is told by the
 * `on…` callbacks. `close` detaches and leaves the peer relaying; `shutdown` ends it.
 */
import { Buffer } from 'socket:buffer'
import { fieldHex, isBytes, messageBytes, toBytes, toHex } from 'socket:internal/relay/bytes'
import { checkHooks, declareHooks } from 'socket:internal/relay/hooks'
import { Link } from 'socket:internal/relay/link'
import { toPackets, toPublication } from 'socket:internal/relay/lines'
import { listeners } from 'socket:internal/relay/listeners'
import { check, isPeerId, toOptions } from 'socket:internal/relay/options'
import { RemotePeer } from 'socket:internal/relay/remote-peer'
import { notSupported } from 'socket:internal/unsupported'
import { codedError, invalidArgType } from 'socket:internal/node-errors'
import { Cache } from 'socket:latica/cache'
import { Encryption } from 'socket:latica/encryption'
import * as NAT from 'socket:latica/nat'
import { Packet, PacketPublish, PacketStream } from 'socket:latica/packets'

/** How many key pairs are kept so that they need not be asked for again. */
const PAIRS_MAX = 256

/** A peer of the network, as this page sees it. */
export class Peer {
  static Encryption = Encryption

  peerId = ''
  port = null
  address = null
  natType = NAT.UNKNOWN
  indexed = false
  clusterId = undefined
  clusters = {}
  clock = 0
  uptime = 0
  ctime = Date.now()
  lastUpdate = 0
  lastSync = 0
  maxHops = 16
  isListening = false
  isReady = false
  closing = false
  unpublished = {}
  peers = []

  /** @type {import('socket:internal/relay/link').Link|null} */
  #link = null
  #opening = null
  /** By the base64 of their ids: the keys of the subclusters that were joined. */
  #shared = new Map()
  /** By the hex digits of their shared keys: the key pairs of subclusters. */
  #pairs = new Map()

  /**
   * Whether a text is the id of a peer: 64 hex digits.
   * @param {unknown} id
   * @return {boolean}
   */
  static isValidPeerId (id) {
    return isPeerId(id)
  }

  /** Whether the machine says that it is online. */
  static onLine () {
    return globalThis.navigator?.onLine !== false
  }

  /**
   * Makes a peer and calls `init`.
   * @param {object} options
   */
  static async create (options) {
    const peer = new this(options)
    await peer.init()
    return peer
  }

  /**
   * @param {object} [persistedState] the configuration, or what `getState` gave
   * @param {object} [_dgram] kept for compatibility: the sockets belong to the native side
   */
  constructor (persistedState = {}, _dgram = undefined) {
    const config = persistedState?.config ?? persistedState ?? {}
    check(config)
    // What is not given here, `[peer]` of `socket.ini` says.
    this.config = { ...config }
    this.encryption = new this.constructor.Encryption()
    this.cache = new Cache(undefined, config.siblingResolver)
    this.peerId = config.peerId ?? ''
    this.indexed = Boolean(config.indexed)
    this.address = config.address ?? null
    this.port = config.port ?? null
    this.natType = config.natType ?? NAT.UNKNOWN
    this.clusterId = config.clusterId && Buffer.from(toBytes(config.clusterId, 'clusterId'))
    this.clock = config.clock ?? 0
    this.peers = (config.peers ?? []).map((each) => new RemotePeer({ ...each }, this))
    this.restored = persistedState?.data ?? []
  }

  /**
   * Opens the peer, or attaches to it.
   * @param {Function} [onReady] called as soon as address and NAT type are known, and after each change
   */
  async init (onReady) {
    if (onReady) this.onReady = onReady
    this.closing = false
    checkHooks(this)
    this.#opening ??= this.#open()
    try {
      await this.#opening
    } catch (error) {
      this.#opening = null
      throw error
    }
  }

  /**
   * Takes part in a subcluster.
   * @param {Uint8Array} sharedKey
   * @param {{ clusterId?: Uint8Array }} [args]
   */
  async join (sharedKey, args = {}) {
    const { key, publicKey, privateKey } = await this.#pair(sharedKey)
    this.encryption.add(publicKey, privateKey)
    const clusterId = args.clusterId ?? this.clusterId
    const id = Buffer.from(publicKey).toString('base64')
    this.#shared.set(id, { key, clusterId })
    const cluster = clusterId && toBytes(clusterId, 'clusterId')
    if (cluster) (this.clusters[cluster.toString('base64')] ??= {})[id] = { ...args, sharedKey }
    await this.#ask('join', { key, cluster: cluster && toHex(cluster, 'clusterId') })
    this.onState?.(this.getState())
  }

  /**
   * Takes part in a subcluster no longer.
   * @param {Uint8Array} subclusterId
   */
  async leave (subclusterId) {
    const bytes = toBytes(subclusterId, 'subclusterId')
    const id = bytes.toString('base64')
    this.#shared.delete(id)
    this.encryption.remove(bytes)
    for (const cluster of Object.values(this.clusters)) delete cluster[id]
    await this.#ask('leave', { subcluster: toHex(bytes, 'subclusterId', 32) })
  }

  /**
   * Publishes a message to a subcluster. It is sealed by the native side; `args` stay as they are.
   * @param {Uint8Array} sharedKey
   * @param {{ message: Uint8Array, clusterId?: Uint8Array, usr1?: Uint8Array, usr2?: Uint8Array, sig?: Uint8Array,
   *   ttl?: number, packet?: object, nextId?: Uint8Array, meta?: object }} args `packet` is the one that it follows
   * @return {Promise<PacketPublish[]>} the packets, head first, once they are kept; the first carries the message
   */
  async publish (sharedKey, args) {
    const packets = await this.#send('publish', PacketPublish, sharedKey, args)
    const whole = this.#whole(packets[0], args)
    this.cache.insert(whole.packetId.toString('hex'), whole)
    this.#link?.tell({ event: 'own', packet: whole })
    this.onPacket?.(whole, this.port, this.address, true)
    return packets
  }

  /**
   * Sends a message to one peer.
   * @param {string} peerId
   * @param {Uint8Array} sharedKey
   * @param {object} args as `publish` takes them
   * @return {Promise<PacketStream[]>}
   */
  async stream (peerId, sharedKey, args) {
    return this.#send('stream', PacketStream, sharedKey, { ...args, usr3: undefined, usr4: undefined }, { to: peerId })
  }

  /**
   * Compares caches with a peer now.
   * @param {RemotePeer|string} peer
   */
  async sync (peer) {
    const remote = typeof peer === 'string' ? this.getPeer(peer) ?? { peerId: peer } : peer
    this.lastSync = Date.now()
    this.onSyncStart?.(remote, remote.port, remote.address)
    await this.#ask('sync', { peer: remote.peerId })
  }

  /**
   * Asks the network. Answers come by `onAnswer`.
   * @param {any} query what JSON can say; `{ packetId }` asks for a packet
   * @param {{ first?: string }} [options] the peer to ask before the others
   * @return {Promise<string>} the id of the question
   */
  async query (query, { first } = {}) {
    const wanted = fieldHex(query?.packetId, 'packetId')
    const question = wanted ? { ...query, packetId: wanted } : query
    return (await this.#ask('query', { question, wanted, first })).query
  }

  /**
   * Answers a question.
   * @param {string} query its id
   * @param {Uint8Array|string|object} message
   */
  async answer (query, message) {
    await this.#ask('answer', { query }, messageBytes(message))
  }

  /** Asks for a packet and the ids next to it; `null` if the cache does not have it. */
  async walk (packetId) {
    return this.#ask('walk', { packet: fieldHex(packetId, 'packetId') })
  }

  /** What the cache holds, of one event alone if the hash of its name is given; oldest first. */
  async list (subclusterId, countMax, name) {
    const subcluster = subclusterId && toHex(toBytes(subclusterId, 'subclusterId'), 'subclusterId', 32)
    return (await this.#ask('list', { subcluster, countMax, name })).packets
  }

  /**
   * Puts packets on the network that are sealed already.
   * @param {...Packet} packets
   * @return {Promise<number>} how many were new
   */
  async inject (...packets) {
    const list = []
    for (const packet of packets) {
      const bytes = await Packet.encode(packet)
      const length = Buffer.alloc(4)
      length.writeUInt32BE(bytes.length)
      list.push(length, bytes)
    }
    return (await this.#ask('inject', {}, Buffer.concat(list))).count
  }

  /**
   * Puts a packet on the network that is sealed already.
   * @param {Packet} packet
   */
  async mcast (packet) {
    await this.inject(packet)
  }

  /** Finds address and NAT type anew. */
  async requestReflection () {
    await this.#ask('reflect')
  }

  /** Finds address and NAT type anew; comes back after `disconnect`. */
  async reconnect () {
    if (!this.closing) return this.requestReflection()
    await this.init()
    for (const { key, clusterId } of this.#shared.values()) await this.join(Buffer.from(key, 'hex'), { clusterId })
  }

  /** Hears nothing any more, until `reconnect`. */
  async disconnect () {
    await this.close()
  }

  /** Detaches. The peer goes on relaying in the background as long as the app runs. */
  async close () {
    if (this.closing) return
    this.closing = true
    const link = await this.#opening?.catch(() => null)
    this.#forget()
    await link?.close()
    this.onClose?.()
  }

  /** Ends the peer, for every window of the app. */
  async shutdown () {
    await this.#ask('shutdown')
    if (this.#link) this.#stopped()
  }

  /**
   * Adds a peer to those that are asked first. Only before `init`.
   * @param {{ peerId: string, address: string, port: number }} peer
   */
  addIndexedPeer ({ peerId, address, port }) {
    if (this.#opening) throw notSupported('addIndexedPeer after init')
    this.peers.push(new RemotePeer({ peerId, address, port, indexed: true }, this))
    this.config.peers = this.peers
  }

  /** Raw datagrams cannot be sent from a page. */
  send () {
    throw notSupported('Peer.send')
  }

  /** @return {Promise<object>} address, port, NAT type and id */
  async getInfo () {
    const { address, port, clock, natType, peerId } = this
    return { address, port, clock, uptime: this.uptime, natType, natName: NAT.toString(natType), peerId }
  }

  /** What the native side reports of the peer. */
  async getReport () {
    return this.#ask('info')
  }

  /** The same, and blocks. */
  getReportSync () {
    if (!this.#link) throw closed()
    return this.#link.askSync('info')
  }

  /** @return {Promise<object>} packets by type, `i` those that came and `o` those that went */
  async getMetrics () {
    const { counters } = await this.getReport()
    return { i: counters.received, o: counters.sent }
  }

  /**
   * What the constructor takes to make the same peer again. Packets are not in it: the native side keeps
   * them, on disk if `[peer] state` says so.
   */
  getState () {
    const { peerId, clusterId, clock } = this
    const peers = this.config.peers?.map(({ peerId, address, port, natType, indexed }) => ({ peerId, address, port, natType, indexed }))
    const { seed, ...config } = this.config
    return { config: { ...config, peerId, clusterId, clock, peers }, data: [], unpublished: {} }
  }

  /** @return {RemotePeer[]} those that are connected */
  getPeers () {
    return this.peers.filter((each) => each.connected)
  }

  /**
   * @param {string} id
   * @return {RemotePeer|undefined}
   */
  getPeer (id) {
    return this.peers.find((each) => each.peerId === id)
  }

  seal (message, keys) { return this.encryption.seal(message, keys) }
  open (message, keys) { return this.encryption.open(message, keys) }
  sealUnsigned (message, keys) { return this.encryption.sealUnsigned(message, keys) }
  openUnsigned (message, keys) { return this.encryption.openUnsigned(message, keys) }

  async #open () {
    const link = await Link.open(toOptions(this), (each) => {
      this.peerId = each.local
      this.#link = each
      listeners(this, each, () => this.#stopped())
    })
    this.isListening = true
    this.onListening?.()
    await this.#restore()
    return link
  }

  /** Puts the packets back on the network that an older state brought along. */
  async #restore () {
    const packets = this.restored.splice(0).map(([, packet]) => Packet.from(packet))
    if (packets.length > 0) await this.inject(...packets).catch((error) => this.onWarn?.(error))
  }

  #stopped () {
    this.#link?.end()
    this.#forget()
    if (this.closing) return
    this.closing = true
    this.onClose?.()
  }

  #forget () {
    this.#link = null
    this.#opening = null
    this.isListening = false
    this.isReady = false
    for (const each of this.peers) each.connected = false
  }

  async #ask (command, params, body) {
    if (!this.#link) {
      if (this.closing || !this.#opening) throw closed()
      await this.#opening
    }
    return this.#link.ask(command, params, body)
  }

  async #send (command, Class, sharedKey, args, params) {
    if (!sharedKey) throw invalidArgType('sharedKey', 'an instance of Uint8Array', sharedKey)
    if (!isBytes(args?.message)) throw invalidArgType('args.message', 'an instance of Buffer', args?.message)
    const clusterId = args.clusterId ?? this.clusterId
    const publication = toPublication(sharedKey, { ...args, clusterId })
    const { publicKey } = await this.#pair(sharedKey)
    const { ids, clock = 1 } = await this.#ask(command, { ...publication, ...params }, toBytes(args.message, 'message'))
    this.clock = Math.max(this.clock, clock)
    return toPackets(Class, ids, { ...args, clusterId, subclusterId: publicKey, clock })
  }

  /** The key pair of a subcluster. */
  async #pair (sharedKey) {
    const key = toHex(toBytes(sharedKey, 'sharedKey'), 'sharedKey', 32)
    if (!this.#pairs.has(key)) {
      if (this.#pairs.size === PAIRS_MAX) this.#pairs.clear()
      this.#pairs.set(key, { key, ...await Encryption.createKeyPair(Buffer.from(key, 'hex')) })
    }
    return this.#pairs.get(key)
  }

  /** A message of our own as its receivers get it. */
  #whole (head, args) {
    const packet = head.copy()
    packet.index = -1
    packet.isOwn = true
    packet.verified = Boolean(args.signing)
    packet.verification = args.signing ? 'full' : 'no'
    return packet
  }
}

declareHooks(Peer)

const closed = () => codedError(Error, 'ERR_RELAY_NO_PEER', 'the peer is closed; call init first')

export default Peer
