/**
 * @module latica/cache
 *
 * Packets by id, with summaries by which two caches find out how they differ.
 */
declare module 'socket:latica/cache' {
  import { Buffer } from 'socket:buffer'
  import { Packet } from 'socket:latica/packets'

  /** What a cache holds under a prefix. */
  export interface Summary { prefix: string, hash: string, buckets: Array<string | null> }

  /** How many packets a cache holds. */
  export const DEFAULT_MAX_SIZE: number
  /** The text before the first `~` or zero byte. */
  export function trim (bytes: Buffer): string
  /** Orders packets of the same parent by their clocks. */
  export function defaultSiblingResolver (a: Packet, b: Packet): number
  /** Packets by the hex digits of their ids. */
  export class CacheData extends Map<string, Packet> {}

  /** A bounded set of packets. */
  export class Cache {
    static HASH_SIZE_BYTES: number
    /** The bytes of a summary. */
    static encodeSummary (summary: Summary): Buffer
    /** Reads a summary; throws a `RangeError` if these are not the bytes of one. */
    static decodeSummary (bytes: Uint8Array): Summary
    constructor (data?: Map<string, Packet> | Array<[string, Packet]>, siblingResolver?: (a: Packet, b: Packet) => number)
    data: Map<string, Packet>
    maxSize: number
    siblingResolver: (a: Packet, b: Packet) => number
    onEjected: ((packet: Packet) => void) | null
    onInsert: ((id: string, packet: Packet) => void) | null
    /** How many packets there are. */
    readonly size: number
    /** How many bytes they are reckoned with. */
    readonly bytes: number
    /** Adds a publish. If there is no room, the one that came first goes. */
    insert (id: string, packet: Packet): boolean
    get (id: string): Packet | undefined
    has (id: string): boolean
    delete (id: string): boolean
    /** Puts a message of several packets together; `null` as long as a part is missing or does not fit. */
    compose (packet: Packet, source?: Map<string, Packet>): Promise<Packet | null>
    /** The SHA-1 of a value. */
    sha1 (value: string | Uint8Array, toHex?: boolean): Promise<Buffer | string>
    /** Hashes the ids that begin with a prefix, in sixteen buckets by the digit behind it. */
    summarize (prefix?: string, predicate?: (packet: Packet) => boolean): Promise<Summary>
  }

  export default Cache
}
