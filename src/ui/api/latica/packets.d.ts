/**
 * @module latica/packets
 *
 * Packets of the Stream Relay Protocol, version 6, and their bytes on the wire.
 */
declare module 'socket:latica/packets' {
  import { Buffer } from 'socket:buffer'

  /** The first four bytes of every packet. */
  export const MAGIC_BYTES_PREFIX: number[]
  /** The version of the wire. */
  export const VERSION: 6
  /** How many bytes the magic is. */
  export const MAGIC_BYTES: number
  /** The longest message of one packet, in bytes. */
  export const MESSAGE_BYTES: number
  /** How long a packet is kept unless it says less, in milliseconds. */
  export const CACHE_TTL: number
  /** How often a packet may be sent on. */
  export const MAX_HOPS: number
  /** What Socket Runtime took for the size of a packet. */
  export const PACKET_BYTES: number
  /** Every part of a packet in the order of the wire. */
  export const PACKET_SPEC: Record<string, { bytes: number, encoding?: 'number' | 'base64' | 'hex', default?: number | number[], signed?: boolean }>

  /** The parts of a packet. */
  export interface PacketFields {
    type: number
    version: number
    clock: number
    hops: number
    index: number
    ttl: number
    clusterId: Buffer
    subclusterId: Buffer
    previousId: Buffer
    packetId: Buffer
    nextId: Buffer
    usr1: Buffer
    usr2: Buffer
    usr3: Buffer
    usr4: Buffer
    message: any
    sig: Buffer
    timestamp: number
    isComposed: boolean
    isReconciled: boolean
    meta: any
  }

  type Loose = { [Key in keyof PacketFields]?: PacketFields[Key] | Uint8Array | string | null }

  /** One packet. */
  export class Packet implements PacketFields {
    static ttl: number
    static maxLength: number
    /** One without anything in it. */
    static empty (): Packet
    /** The same if it is one already. */
    static from (packet: Packet | object): Packet
    /** Whether these are the first bytes of a packet, or an object with every part of one. */
    static isPacket (value: any): boolean
    /** The bytes of a packet. Derives the id of one that has none. */
    static encode (packet: Packet | Loose): Promise<Buffer>
    /** Reads a packet; `null` if these are not the bytes of one. */
    static decode (bytes: Uint8Array): Packet | null
    constructor (options?: Loose)
    type: number
    version: number
    clock: number
    hops: number
    index: number
    ttl: number
    clusterId: Buffer
    subclusterId: Buffer
    previousId: Buffer
    packetId: Buffer
    nextId: Buffer
    usr1: Buffer
    usr2: Buffer
    usr3: Buffer
    usr4: Buffer
    message: any
    sig: Buffer
    timestamp: number
    isComposed: boolean
    isReconciled: boolean
    meta: any
    /** Whether a signature of it holds, of a packet that was received. */
    verified?: boolean
    /** What its signatures are worth: all of it, all but the first 64 bytes, or nothing. */
    verification?: 'full' | 'legacy' | 'no'
    /** The peer that sent a stream. */
    streamFrom?: string
    /** Whether it is one of our own. */
    isOwn?: boolean
    /** Another with the same parts. */
    copy (): Packet
  }

  /** Asks for a sign of life, and for one's own address. */
  export class PacketPing extends Packet { static type: 1 }
  /** Answers a ping. */
  export class PacketPong extends Packet { static type: 2 }
  /** Tells one peer of another. */
  export class PacketIntro extends Packet { static type: 3 }
  /** Tells the network that a peer takes part in a subcluster. */
  export class PacketJoin extends Packet { static type: 4 }
  /** Carries a message for a subcluster. */
  export class PacketPublish extends Packet { static type: 5 }
  /** Carries a message for one peer. */
  export class PacketStream extends Packet { static type: 6 }
  /** Carries the summary of a cache. */
  export class PacketSync extends Packet { static type: 7 }
  /** Asks the network a question, or answers one. */
  export class PacketQuery extends Packet { static type: 8 }

  /** Reads a packet; `null` if these are not the bytes of one. */
  export function decode (bytes: Uint8Array): Packet | null
  /** The type of a packet without reading the rest. */
  export function getTypeFromBytes (bytes: Uint8Array): number
  /** The SHA-256 of text, bytes or what JSON makes of an object; random bytes if there is nothing to hash. */
  export function sha256 (seed: string | ArrayBuffer | ArrayBufferView | object | undefined, options: { bytes: true }): Promise<Buffer>
  export function sha256 (seed?: string | ArrayBuffer | ArrayBufferView | object, options?: { bytes?: false, encoding?: string }): Promise<string>
  /** Refuses a message that is no object or has a key that is not among `keys`. */
  export function validatePacket (message: object, keys: Record<string, { type: string, required?: boolean }>): void
  /** The same. */
  export function validateMessage (message: object, keys: Record<string, { type: string, required?: boolean }>): void

  export default Packet
}
