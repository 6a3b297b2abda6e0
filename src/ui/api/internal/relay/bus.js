/**
 * The bus: what `network()` gives. It speaks for one peer in one cluster.
 *
 * Names of events that begin with `#` are about the network: `#ready #connecting #network-change #connection
 * #disconnection #join #packet #stream #query #answer #sync #sync-start #sync-end #state #warning #error`.
 */
import { toBytes } from 'socket:internal/relay/bytes'
import { pairHex } from 'socket:internal/relay/crypto'
import { NetworkEmitter } from 'socket:internal/relay/emitter'
import { Subcluster, SubclusterPeer, packEvent } from 'socket:internal/relay/subcluster'
import { invalidArgType, invalidArgValue } from 'socket:internal/node-errors'
import * as NAT from 'socket:latica/nat'
import { CACHE_TTL, sha256 } from 'socket:latica/packets'

/** Callbacks of the peer that the bus passes on as they are. */
const PASSED = {
  onData: '#data',
  onSyncStart: '#sync-start',
  onSync: '#sync',
  onSyncEnd: '#sync-end',
  onConnection: '#connection',
  onNat: '#network-change',
  onWarn: '#warning',
  onState: '#state',
  onConnecting: '#connecting',
  onLimit: '#limit',
  onClose: '#close',
  onError: '#error'
}

/** Bytes of a shared key. */
const KEY_BYTES = 32

/** How many senders are remembered by their keys. */
const SENDERS_MAX = 1024

/** One peer in one cluster. */
export class Bus extends NetworkEmitter {
  MAX_CACHE_TTL = CACHE_TTL
  subclusters = new Map()
  #options
  #signing
  /** What happened before the app could add listeners, until it can. */
  #early = []
  /** By the hex digits of a publisher's key: the peer that streamed with it. */
  #senders = new Map()

  /**
   * @param {object} options as `network` takes them
   * @param {Function} Peer
   */
  constructor (options, Peer) {
    super()
    const { signingKeys, ...config } = options
    this.#options = options
    this.#signing = signingKeys && pairHex(signingKeys, 'options.signingKeys')
    this.peer = new Peer(config.config ? { ...config, config: { ...config.config } } : config)
    this.peerId = this.peer.peerId
    this.clusterId = this.peer.clusterId
    this.#listen()
  }

  /** Opens the peer. What happens meanwhile is told in a task of its own, when the app has had its turn. */
  async init () {
    // Others remember which key a peer has, so it must be the same whenever the app comes back.
    const { config } = this.peer
    if (this.#signing && config.peerId) config.seed ??= await sha256(`socket:network peer ${this.#signing.privateKey}`)
    await this.peer.init()
    this.peerId = this.peer.peerId
    if (this.#options.sharedKey) await this.subcluster({ sharedKey: this.#options.sharedKey })
    setTimeout(() => {
      const early = this.#early
      this.#early = null
      for (const [name, ...values] of early) this._emit(name, ...values)
    })
  }

  /**
   * Takes part in a subcluster. The same one for the same key.
   * @param {{ sharedKey: Uint8Array }} options
   * @return {Promise<Subcluster>}
   */
  async subcluster (options = {}) {
    if (!options.sharedKey) throw invalidArgType('options.sharedKey', 'an instance of Uint8Array', options.sharedKey)
    const sharedKey = toBytes(options.sharedKey, 'options.sharedKey')
    if (sharedKey.length !== KEY_BYTES) {
      throw invalidArgValue('options.sharedKey', options.sharedKey, 'must be 32 bytes, as Encryption.createSharedKey makes them of a text')
    }
    const derivedKeys = await this.peer.constructor.Encryption.createKeyPair(sharedKey)
    const id = toBytes(derivedKeys.publicKey, 'publicKey').toString('base64')
    const known = this.subclusters.get(id)
    if (known) return known
    const made = new Subcluster(this, { sharedKey: options.sharedKey, derivedKeys, options })
    this.subclusters.set(id, made)
    made._start()
    return made
  }

  /**
   * Publishes an event to the subcluster of `options.sharedKey`, given here or to `network`.
   * @param {string} name
   * @param {any} value
   * @param {object} [options]
   */
  async emit (name, value, options = {}) {
    const sharedKey = options.sharedKey ?? this.#options.sharedKey
    if (!sharedKey) throw invalidArgType('options.sharedKey', 'an instance of Uint8Array', sharedKey)
    return (await this.subcluster({ sharedKey })).emit(name, value, options)
  }

  /** @return {{ address: string|null, port: number|null, natType: string }} our address as others see it */
  address () {
    const { address, port, natType } = this.peer
    return { address, port, natType: NAT.toString(natType) }
  }

  /** Finds address and NAT type anew; comes back after `disconnect`. */
  reconnect () { return this.peer.reconnect() }
  /** Hears nothing any more, until `reconnect`; the peer relays on. */
  disconnect () { return this.peer.disconnect() }
  /** Detaches for good; the peer relays on. */
  close () { return this.peer.close() }
  /** Ends the peer for every window of the app. */
  shutdown () { return this.peer.shutdown() }

  /** Seals a message for the holders of a key pair, our own by default. */
  seal (message, keys = this.#options.signingKeys) { return this.peer.encryption.seal(message, keys) }
  /** Opens what `seal` made. */
  open (message, keys = this.#options.signingKeys) { return this.peer.encryption.open(message, keys) }
  /** Seals a message in one box, and does not sign it. */
  sealMessage (message, keys = this.#options.signingKeys) { return this.peer.encryption.sealMessage(message, keys) }
  /** Opens what `sealMessage` made. */
  openMessage (message, keys = this.#options.signingKeys) { return this.peer.encryption.openMessage(message, keys) }
  /** Seals a message in two boxes, and does not sign it. */
  sealUnsigned (message, keys = this.#options.signingKeys) { return this.peer.encryption.sealUnsigned(message, keys) }
  /** Opens one of the boxes that `sealUnsigned` made. */
  openUnsigned (message, keys = this.#options.signingKeys) { return this.peer.encryption.openUnsigned(message, keys) }

  /** Asks the network; answers come as `#answer`. */
  query (...args) { return this.peer.query(...args) }
  /** Compares caches with a peer now. */
  sync (peer) { return this.peer.sync(peer) }
  /** Raw datagrams cannot be sent from a page. */
  send (...args) { return this.peer.send(...args) }
  /** What `network` takes to come back as the same peer. */
  state () { return this.peer.getState() }
  /** The same as `state`. */
  getState () { return this.peer.getState() }
  /** Address, port, NAT type and id. */
  getInfo () { return this.peer.getInfo() }
  /** Packets by type. */
  getMetrics () { return this.peer.getMetrics() }
  /** Adds a peer to those that are asked first; only before the bus is open. */
  addIndexedPeer (peer) { return this.peer.addIndexedPeer(peer) }
  /** How many packets the peer's cache holds. */
  cacheSize () { return this.peer.getReportSync().cache.packets }
  /** How many bytes they have. */
  cacheBytes () { return this.peer.getReportSync().cache.bytes }

  /** Calls the listeners of this side. */
  _emit (name, ...values) {
    if (this.#early === null) return super._emit(name, ...values)
    this.#early.push([name, ...values])
    return false
  }

  /** The arguments of a publish or stream to a subcluster. */
  async pack (name, value, options, subcluster) {
    const args = await packEvent(name, value, options)
    const usr2 = this.#signing && toBytes(this.#options.signingKeys.publicKey, 'publicKey')
    return {
      ...args,
      clusterId: options.clusterId ?? this.clusterId,
      subclusterId: subcluster.subclusterId,
      usr2,
      signing: this.#signing
    }
  }

  /** The id of the peer that wrote a packet, as far as its streams have told. */
  senderOf (packet) {
    return packet.streamFrom ?? this.#senders.get(packet.usr2.toString('hex'))
  }

  #listen () {
    const { peer } = this
    for (const [callback, name] of Object.entries(PASSED)) peer[callback] = (...args) => { this._emit(name, ...args) }
    peer.onReady = () => { this._emit('#ready', this.address()) }
    peer.onDisconnection = (remote) => this.#left(remote)
    peer.onJoin = (packet, ...args) => this.#ifOurs(packet, () => this.#joined(packet, ...args))
    peer.onPacket = (packet, ...args) => this.#ifOurs(packet, () => this.#received('#packet', packet, ...args))
    peer.onStream = (packet, ...args) => this.#ifOurs(packet, () => this.#received('#stream', packet, ...args))
    peer.onAnswer = (message, packet, ...args) => this.#answered(message, packet, ...args)
    peer.onQuery = (...args) => this.#asked(...args)
  }

  /** Does something for packets of our cluster only. */
  #ifOurs (packet, run) {
    if (!this.clusterId || packet.clusterId.equals(this.clusterId)) return run()
  }

  #subclusterOf (packet) {
    return this.subclusters.get(packet.subclusterId.toString('base64'))
  }

  #joined (packet, remote, port, address) {
    this._emit('#join', packet, remote, port, address)
    const subcluster = this.#subclusterOf(packet)
    if (!subcluster) return
    const known = subcluster.peers.get(remote.peerId)
    const member = known ?? new SubclusterPeer(this, subcluster, remote)
    const isChanged = member._update(remote)
    subcluster.peers.set(remote.peerId, member)
    if (!known || isChanged) subcluster._emit('#join', member, packet, true)
  }

  #left (remote) {
    this._emit('#disconnection', remote)
    for (const subcluster of this.subclusters.values()) {
      const member = subcluster.peers.get(remote.peerId)
      if (!member) continue
      subcluster.peers.delete(remote.peerId)
      subcluster._emit('#leave', member)
    }
  }

  #received (event, packet, ...args) {
    this._emit(event, packet, ...args)
    const subcluster = this.#subclusterOf(packet)
    if (!subcluster) return
    if (packet.streamFrom && packet.verified) this.#remember(packet)
    const sender = subcluster.peers.get(this.senderOf(packet))
    return this.#forward(subcluster, packet, sender)
  }

  /** The bus itself hears what the subcluster of its own key says. */
  async #forward (subcluster, packet, sender) {
    const message = await subcluster._deliver(packet, sender)
    if (message && this.#options.sharedKey === subcluster.sharedKey) await this._receive(message, packet)
  }

  #remember (packet) {
    this.#senders.set(packet.usr2.toString('hex'), packet.streamFrom)
    if (this.#senders.size > SENDERS_MAX) this.#senders.delete(this.#senders.keys().next().value)
  }

  /** A packet that was asked for is delivered like any other. */
  async #answered (message, packet, ...args) {
    this._emit('#answer', message, packet, ...args)
    if (packet.packetId.length === 32) await this.#subclusterOf(packet)?._deliver(packet)
  }

  /** A listener of `#query` answers by calling `reply` once, at once or later. */
  #asked (question, packet, port, address) {
    const id = packet.usr3.toString('hex')
    this._emit('#query', question, packet, port, address, (message) => this.peer.answer(id, message))
  }
}

/**
 * Opens a bus.
 * @param {object} options
 * @param {Function} Peer
 * @return {Promise<Bus>}
 */
export async function openBus (options = {}, Peer) {
  const config = options.config ?? options
  if (!config.indexed && !options.clusterId && !config.clusterId) {
    throw invalidArgType('options.clusterId', 'of type string or an instance of Buffer', undefined)
  }
  if (!config.indexed && typeof options.signingKeys !== 'object') {
    throw invalidArgType('options.signingKeys', 'of type object', options.signingKeys)
  }
  const bus = new Bus(options, Peer)
  await bus.init()
  return bus
}

export default Bus
