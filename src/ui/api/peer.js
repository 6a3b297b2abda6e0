/**
 * @module peer
 *
 * The oldest interface to the peer-to-peer network, for apps that were written for it. New code uses
 * `socket:network`.
 *
 * ```js
 * import { Peer } from 'socket:peer'
 *
 * const { publicKey, privateKey } = await Peer.createKeys()
 * const peer = new Peer({ publicKey, privateKey })
 * peer.onPacket = (packet, port, address) => console.log(packet.message)
 * await peer.init()
 * await peer.publish({ clusterId: 'greetings', message: 'hello, world' })
 * ```
 *
 * Everybody who has the key pair reads and writes. On the wire that is the subcluster of the pair, and a
 * `clusterId` is its SHA-256 unless it is 64 hex digits.
 */
import { Buffer } from 'socket:buffer'
import { EventEmitter } from 'socket:events'
import { invalidArgType } from 'socket:internal/node-errors'
import { isBytes, messageBytes, toBytes } from 'socket:internal/relay/bytes'
import { openedOf } from 'socket:internal/relay/lines'
import { Peer as Base } from 'socket:internal/relay/peer'
import { Encryption, sha256 } from 'socket:latica'

export { Encryption, sha256 }

const SEED_BYTES = 32
const SECRET_BYTES = 64
const DEFAULT_CLUSTER = 'socket:peer'

/** A peer that shares a key pair with others. */
export class Peer extends EventEmitter {
  /** The peer below, once there is one. */
  peer = null
  onPacket = null
  onData = null
  onConnection = null
  onReady = null
  #joined = new Map()
  #starting = null

  /**
   * A key pair.
   * @return {Promise<{ publicKey: Uint8Array, privateKey: Uint8Array }>}
   */
  static async createKeys () {
    return Encryption.createKeyPair()
  }

  /**
   * The id of a cluster.
   * @return {Promise<string>} 64 random hex digits
   */
  static async createClusterId () {
    return sha256()
  }

  /**
   * @param {{ publicKey: Uint8Array, privateKey: Uint8Array, clusterId?: string, peerId?: string, peers?: object[] }} options
   */
  constructor (options = {}) {
    super()
    if (!options.publicKey) throw invalidArgType('options.publicKey', 'an instance of Uint8Array', options.publicKey)
    const privateKey = options.privateKey && toBytes(options.privateKey, 'options.privateKey')
    if (privateKey?.length !== SECRET_BYTES) {
      throw invalidArgType('options.privateKey', `an instance of Uint8Array of ${SECRET_BYTES} bytes`, options.privateKey)
    }
    this.opts = options
    this.sharedKey = privateKey.subarray(0, SEED_BYTES)
    this._emit = super.emit
  }

  /** The id of this peer, once it runs. */
  get peerId () { return this.peer?.peerId ?? this.opts.peerId }
  /** The peers that are known. */
  get peers () { return this.peer?.peers ?? [] }
  /** Our address as others see it. */
  get address () { return this.peer?.address ?? null }
  /** Our port as others see it. */
  get port () { return this.peer?.port ?? null }

  /** Starts, and takes part in the cluster of the options. */
  async init () {
    this.#starting ??= this.#start()
    try {
      await this.#starting
    } catch (error) {
      this.#starting = null
      throw error
    }
    return this
  }

  /**
   * The same as `init`.
   * @return {Promise<Peer>}
   */
  async join () {
    return this.init()
  }

  /**
   * Publishes a message to everybody who has the key pair.
   * @param {{ message: any, clusterId?: string, usr1?: string|Uint8Array, previousId?: Uint8Array, ttl?: number }} options
   * @return {Promise<object[]>} the packets
   */
  async publish ({ message, clusterId = this.opts.clusterId ?? DEFAULT_CLUSTER, usr1, previousId, ttl } = {}) {
    await this.init()
    const cluster = await this.#enter(clusterId)
    const args = { message: messageBytes(message), clusterId: cluster, usr1: usr1 && toBytes(usr1, 'usr1'), ttl }
    return this.peer.publish(this.sharedKey, { ...args, previousId: previousId || undefined })
  }

  /**
   * Publishes a message under a name of at most 32 bytes.
   * @param {string} eventName
   * @param {any} message
   * @return {Promise<object[]>}
   */
  async emit (eventName, message) {
    if (!eventName?.length) throw invalidArgType('eventName', 'of type string', eventName)
    return this.publish({ message, usr1: eventName })
  }

  /**
   * Asks the network.
   * @param {any} query
   */
  async query (query) {
    await this.init()
    return this.peer.query(query)
  }

  /** Detaches; the peer relays on in the background. */
  async close () {
    await this.peer?.close()
  }

  async #start () {
    const { clusterId = DEFAULT_CLUSTER, ...options } = this.opts
    const cluster = await clusterBytes(clusterId)
    this.peer = new Base({ ...options, clusterId: cluster })
    this.peer.onPacket = (packet, port, address) => this.#received(packet, port, address)
    this.peer.onData = (...args) => this.onData?.(...args)
    this.peer.onConnection = (...args) => this.onConnection?.(...args)
    this.peer.onReady = (...args) => this.onReady?.(...args)
    await this.peer.init()
    await this.#enter(clusterId)
  }

  async #enter (clusterId) {
    const name = isBytes(clusterId) ? toBytes(clusterId, 'clusterId').toString('hex') : clusterId
    const known = this.#joined.get(name)
    if (known) return known
    const cluster = await clusterBytes(clusterId)
    await this.peer.join(this.sharedKey, { clusterId: cluster })
    this.#joined.set(name, cluster)
    return cluster
  }

  /** Apps of that time saw opened messages, and names as text. */
  #received (packet, port, address) {
    const opened = openedOf(packet)
    if (!opened) return
    const readable = Object.assign(packet.copy(), { message: opened })
    this.onPacket?.(readable, port, address)
    const name = packet.usr1.toString()
    if (name !== '\0') this._emit(name, opened, address, port)
  }
}

/** 64 hex digits as they are; any other text by its SHA-256. */
async function clusterBytes (clusterId) {
  if (isBytes(clusterId)) return toBytes(clusterId, 'clusterId')
  if (/^[0-9a-f]{64}$/i.test(clusterId)) return Buffer.from(clusterId, 'hex')
  return sha256(clusterId, { bytes: true })
}

export default Peer
