/**
 * @module latica/cache
 *
 * Packets by id, with summaries by which two caches find out how they differ.
 *
 * The cache of a running peer lives with the relay; `peer.cache` holds what this page has seen of it.
 */
import { Buffer } from 'socket:buffer'
import { isBytes } from 'socket:internal/relay/bytes'
import { Packet, PacketPublish, PACKET_BYTES } from 'socket:latica/packets'

/** The SHA-1 of nothing, which is the hash of an empty cache. */
const EMPTY_HASH = 'da39a3ee5e6b4b0d3255bfef95601890afd80709'
const BUCKETS = 16

/** How many packets a cache holds. */
export const DEFAULT_MAX_SIZE = Math.ceil(16_000_000 / PACKET_BYTES)

/**
 * The text before the first `~` or zero byte.
 * @param {Buffer} bytes
 * @return {string}
 */
export const trim = (bytes) => bytes.toString().split(/[~\0]/)[0]

/**
 * Orders packets of the same parent by their clocks.
 * @param {Packet} a
 * @param {Packet} b
 * @return {number}
 */
export function defaultSiblingResolver (a, b) {
  return a.clock - b.clock
}

/** Packets by the hex digits of their ids. */
export class CacheData extends Map {}

/** A bounded set of packets. */
export class Cache {
  static HASH_SIZE_BYTES = 20

  data = new CacheData()
  maxSize = DEFAULT_MAX_SIZE
  onEjected = null
  onInsert = null

  /**
   * @param {Map<string, Packet>|Array<[string, Packet]>} [data]
   * @param {(a: Packet, b: Packet) => number} [siblingResolver]
   */
  constructor (data = new CacheData(), siblingResolver = defaultSiblingResolver) {
    if (data instanceof Map) this.data = data
    else if (Array.isArray(data)) this.data = new CacheData(data)
    this.siblingResolver = typeof siblingResolver === 'function' ? siblingResolver : defaultSiblingResolver
  }

  /** How many packets there are. */
  get size () {
    return this.data.size
  }

  /** How many bytes they are reckoned with. */
  get bytes () {
    return this.data.size * PACKET_BYTES
  }

  /**
   * Adds a publish. If there is no room, the one that came first goes.
   * @param {string} id
   * @param {Packet} packet
   * @return {boolean} whether it is new and a publish
   */
  insert (id, packet) {
    if (packet.type !== PacketPublish.type || this.data.has(id)) return false
    while (this.data.size >= this.maxSize) this.#eject()
    packet.timestamp = Date.now()
    packet.ttl ||= Packet.ttl
    this.data.set(id, packet)
    this.onInsert?.(id, packet)
    return true
  }

  /**
   * @param {string} id
   * @return {Packet|undefined}
   */
  get (id) {
    return this.data.get(id)
  }

  /**
   * @param {string} id
   * @return {boolean} whether it was there
   */
  delete (id) {
    return this.data.delete(id)
  }

  /**
   * @param {string} id
   * @return {boolean}
   */
  has (id) {
    return this.data.has(id)
  }

  /**
   * Puts a message of several packets together. Its id and its links are those of its head.
   * @param {Packet} packet any of them
   * @param {Map<string, Packet>} [source]
   * @return {Promise<Packet|null>} nothing as long as a part is missing or does not fit
   */
  async compose (packet, source = this.data) {
    const head = packet?.index > 0 ? source.get(hex(packet.previousId)) : packet
    const { size, indexes, meta, ts } = head?.message ?? {}
    if (!Number.isSafeInteger(size) || !Number.isSafeInteger(indexes) || indexes < 1) return null
    const id = hex(head.packetId)
    const parts = new Map()
    for (const each of source.values()) {
      if (each.index > 0 && isBytes(each.message) && hex(each.previousId) === id) parts.set(each.index, each.message)
    }
    const list = []
    for (let index = 1; index <= indexes && parts.has(index); index++) list.push(Buffer.from(parts.get(index)))
    if (list.length !== indexes || list.reduce((sum, each) => sum + each.length, 0) !== size) return null
    return Packet.from({
      ...head, message: Buffer.concat(list), isComposed: true, index: -1, meta: { ts, ...meta }
    }).copy()
  }

  /**
   * The SHA-1 of a value.
   * @param {string|Uint8Array} value
   * @param {boolean} [toHex]
   * @return {Promise<Buffer|string>} hex digits if `toHex` is true
   */
  async sha1 (value, toHex) {
    const data = typeof value === 'string' ? Buffer.from(value) : value
    const digest = Buffer.from(await globalThis.crypto.subtle.digest('SHA-1', data))
    return toHex ? digest.toString('hex') : digest
  }

  /**
   * Hashes the ids that begin with a prefix, in sixteen buckets by the digit behind it.
   * @param {string} [prefix] hex digits
   * @param {(packet: Packet) => boolean} [predicate] which packets count
   * @return {Promise<{ prefix: string, hash: string, buckets: Array<string|null> }>}
   */
  async summarize (prefix = '', predicate = () => false) {
    const children = Array.from({ length: BUCKETS }, () => [])
    for (const [id, packet] of this.data) {
      if (!id?.startsWith?.(prefix) || !predicate(packet)) continue
      children[Number.parseInt(id[prefix.length], BUCKETS)]?.push(id)
    }
    const buckets = await Promise.all(children.map((ids) => (
      ids.length === 0 ? null : this.sha1(ids.sort().join(''), true)
    )))
    const isEmpty = buckets.every((each) => each === null)
    return { prefix, hash: isEmpty ? EMPTY_HASH : await this.sha1(buckets.join(''), true), buckets }
  }

  /**
   * The bytes of a summary.
   * @param {{ prefix: string, hash: string, buckets: Array<string|null> }} summary
   * @return {Buffer}
   */
  static encodeSummary ({ prefix, hash, buckets }) {
    const padded = prefix.length % 2 === 0 ? prefix : `0${prefix}`
    const rows = buckets.map((each, at) => (
      each ? Buffer.concat([Buffer.from([at]), Buffer.from(each, 'hex')]) : Buffer.alloc(0)
    ))
    return Buffer.concat([Buffer.from([prefix.length]), Buffer.from(padded, 'hex'), Buffer.from(hash, 'hex'), ...rows])
  }

  /**
   * Reads a summary.
   * @param {Uint8Array} bytes
   * @return {{ prefix: string, hash: string, buckets: Array<string|null> }}
   * @throws {RangeError} if they are not the bytes of one
   */
  static decodeSummary (bytes) {
    const source = Buffer.from(bytes)
    const digits = source[0]
    const start = 1 + Math.ceil(digits / 2)
    const rows = start + Cache.HASH_SIZE_BYTES
    const rowBytes = 1 + Cache.HASH_SIZE_BYTES
    if (!(source.length >= rows) || (source.length - rows) % rowBytes !== 0) throw malformed()
    const prefix = digits === 0 ? '' : source.subarray(1, start).toString('hex').slice(-digits)
    const buckets = new Array(BUCKETS).fill(null)
    for (let at = rows; at < source.length; at += rowBytes) {
      if (source[at] >= BUCKETS) throw malformed()
      buckets[source[at]] = source.subarray(at + 1, at + rowBytes).toString('hex')
    }
    return { prefix, hash: source.subarray(start, rows).toString('hex'), buckets }
  }

  #eject () {
    const [id, packet] = this.data.entries().next().value
    this.data.delete(id)
    this.onEjected?.(packet)
  }
}

const hex = (bytes) => Buffer.from(bytes).toString('hex')

const malformed = () => new RangeError('these are not the bytes of a summary')

export default Cache
