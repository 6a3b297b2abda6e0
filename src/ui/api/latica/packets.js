/**
 * @module latica/packets
 *
 * Packets of the Stream Relay Protocol, version 6, and their bytes on the wire.
 *
 * ```js
 * import { Packet } from 'socket:latica/packets'
 *
 * const bytes = await Packet.encode(new Packet({ type: 5, message: 'hello' }))
 * Packet.decode(bytes).message.toString() // 'hello'
 * ```
 *
 * A field that was not given is one zero byte. Ids may be given as bytes or as text in the encoding
 * that `PACKET_SPEC` names.
 */
import { Buffer } from 'socket:buffer'
import { isBytes, toBytes } from 'socket:internal/relay/bytes'
import { outOfRange } from 'socket:internal/node-errors'

/** The first four bytes of every packet. */
export const MAGIC_BYTES_PREFIX = [0x03, 0x05, 0x0b, 0x11]

/** The version of the wire. */
export const VERSION = 6

/** How many bytes the magic is. */
export const MAGIC_BYTES = MAGIC_BYTES_PREFIX.length

/** The longest message of one packet, in bytes. */
export const MESSAGE_BYTES = 1024

/** How long a packet is kept unless it says less: six hours, in milliseconds. */
export const CACHE_TTL = 6 * 60 * 60 * 1000

/** How often a packet may be sent on. */
export const MAX_HOPS = 16

/** Every part of a packet in the order of the wire. */
export const PACKET_SPEC = {
  type: { bytes: 1, encoding: 'number' },
  version: { bytes: 2, encoding: 'number', default: VERSION },
  clock: { bytes: 4, encoding: 'number', default: 1 },
  hops: { bytes: 4, encoding: 'number', default: 0 },
  index: { bytes: 4, encoding: 'number', default: -1, signed: true },
  ttl: { bytes: 4, encoding: 'number', default: CACHE_TTL },
  clusterId: { bytes: 32, encoding: 'base64', default: [0] },
  subclusterId: { bytes: 32, encoding: 'base64', default: [0] },
  previousId: { bytes: 32, encoding: 'hex', default: [0] },
  packetId: { bytes: 32, encoding: 'hex', default: [0] },
  nextId: { bytes: 32, encoding: 'hex', default: [0] },
  usr1: { bytes: 32, default: [0] },
  usr2: { bytes: 32, default: [0] },
  usr3: { bytes: 32, default: [0] },
  usr4: { bytes: 32, default: [0] },
  message: { bytes: MESSAGE_BYTES, default: [0] },
  sig: { bytes: 64, default: [0] }
}

const PARTS = Object.entries(PACKET_SPEC)
const LENGTH_BYTES = 2

/** What Socket Runtime took for the size of a packet; its message counts twice. */
export const PACKET_BYTES = PARTS.reduce((sum, [, { bytes }]) => sum + bytes, MAGIC_BYTES + MESSAGE_BYTES)

/** Types whose message is JSON whatever its index is. */
const JSON_TYPES = new Set([1, 2, 3, 4, 8])

/**
 * The SHA-256 of text, bytes or what JSON makes of an object; random bytes if there is nothing to hash.
 * @param {string|ArrayBuffer|ArrayBufferView|object} [seed]
 * @param {{ bytes?: boolean, encoding?: string }} [options]
 * @return {Promise<any>} hex digits, or a buffer if `bytes` is true
 */
export async function sha256 (seed, options = {}) {
  const digest = Buffer.from(seed ? await hash(seed) : globalThis.crypto.getRandomValues(new Uint8Array(32)))
  return options.bytes ? digest : digest.toString(options.encoding ?? 'hex')
}

function hash (seed) {
  const isData = typeof seed !== 'object' || isBytes(seed)
  const data = isData ? toBytes(typeof seed === 'object' ? seed : String(seed), 'seed') : Buffer.from(JSON.stringify(seed))
  return globalThis.crypto.subtle.digest('SHA-256', data)
}

/**
 * Reads a packet.
 * @param {Buffer|Uint8Array} bytes
 * @return {Packet|null} nothing if these are not the bytes of one
 */
export function decode (bytes) {
  if (!isBytes(bytes) && !Array.isArray(bytes)) return null
  const source = toBytes(bytes, 'bytes')
  if (!Packet.isPacket(source)) return null
  const packet = new Packet()
  let at = MAGIC_BYTES
  for (const [key, part] of PARTS) {
    const size = part.encoding === 'number' ? part.bytes : LENGTH_BYTES
    if (at + size > source.length) return null
    const number = readNumber(source, at, size, part.signed)
    at += size
    if (part.encoding === 'number') {
      packet[key] = number
      continue
    }
    if (number > part.bytes) return null
    const value = source.subarray(at, at + number)
    packet[key] = key === 'message' ? readMessage(packet, value) : value
    at += number
  }
  return packet
}

/** The JSON of a message that is JSON by its type or index; its bytes if it is not. */
function readMessage ({ type, index }, bytes) {
  if (!JSON_TYPES.has(type) && index !== 0) return bytes
  try {
    return JSON.parse(bytes.toString())
  } catch {
    return bytes
  }
}

function readNumber (source, at, size, signed) {
  return signed ? source.readIntBE(at, size) : source.readUIntBE(at, size)
}

/**
 * The type of a packet without reading the rest.
 * @param {Uint8Array} bytes
 * @return {number} 0 if there are too few
 */
export const getTypeFromBytes = (bytes) => bytes.byteLength > MAGIC_BYTES ? bytes[MAGIC_BYTES] : 0

/** One packet. */
export class Packet {
  static ttl = CACHE_TTL
  static maxLength = MESSAGE_BYTES

  /** @return {Packet} one without anything in it */
  static empty () {
    return new this()
  }

  /**
   * @param {Packet|object} packet
   * @return {Packet} the same if it is one already
   */
  static from (packet) {
    return packet instanceof Packet ? packet : new Packet(packet)
  }

  /**
   * Whether these are the first bytes of a packet, or an object with every part of one.
   * @param {Uint8Array|number[]|object} value
   * @return {boolean}
   */
  static isPacket (value) {
    if (isBytes(value) || Array.isArray(value)) {
      const bytes = value instanceof ArrayBuffer ? new Uint8Array(value) : value
      return MAGIC_BYTES_PREFIX.every((byte, at) => bytes[at] === byte)
    }
    return value !== null && typeof value === 'object' && PARTS.every(([key]) => key in value)
  }

  /**
   * The bytes of a packet. Derives the id of one that has none.
   * @param {Packet|object} packet
   * @return {Promise<Buffer>} rejects with `ERR_OUT_OF_RANGE` if a part does not fit
   */
  static async encode (packet) {
    const fields = { ...packet, message: encodeMessage(packet) }
    if (isUnset(fields.packetId)) {
      const bytes = ['previousId', 'message', 'nextId'].map((key) => fieldBytes(key, fields[key]))
      fields.packetId = await sha256(Buffer.concat(bytes), { bytes: true })
    }
    return Buffer.concat([Buffer.from(MAGIC_BYTES_PREFIX), ...PARTS.map(([key, part]) => (
      part.encoding === 'number' ? encodeNumber(key, fields[key]) : encodeField(key, fields[key])
    ))])
  }

  /**
   * Reads a packet.
   * @param {Uint8Array} bytes
   * @return {Packet|null}
   */
  static decode (bytes) {
    return decode(bytes)
  }

  /** @param {Packet|object} [options] the parts that differ from the default */
  constructor (options = {}) {
    for (const [key, part] of PARTS) {
      const value = options?.[key] === undefined ? part.default : options[key]
      this[key] = Array.isArray(value) || ArrayBuffer.isView(value) ? Buffer.from(value) : value
    }
    this.timestamp = options?.timestamp || Date.now()
    this.isComposed = options?.isComposed || false
    this.isReconciled = options?.isReconciled || false
    this.meta = options?.meta || {}
  }

  /** @return {Packet} another with the same parts */
  copy () {
    return Object.assign(new Packet(), this)
  }
}

function isUnset (value) {
  if (value === undefined || value === null) return true
  return typeof value !== 'string' && value.length === 1 && value[0] === 0
}

/** Bytes as they are, text as UTF-8, anything else as JSON. */
function encodeMessage ({ message }) {
  if (message === undefined || message === null) return Buffer.from([0])
  if (isBytes(message) || typeof message === 'string') return toBytes(message, 'message')
  return Buffer.from(JSON.stringify(message))
}

function fieldBytes (key, value) {
  const { encoding, default: unset } = PACKET_SPEC[key]
  if (value === undefined || value === null) return Buffer.from(unset)
  return typeof value === 'string' ? Buffer.from(value, encoding) : toBytes(value, key)
}

function encodeField (key, value) {
  const bytes = fieldBytes(key, value)
  const most = PACKET_SPEC[key].bytes
  if (bytes.length > most) throw outOfRange(`${key}.length`, `<= ${most}`, bytes.length)
  const length = Buffer.alloc(LENGTH_BYTES)
  length.writeUInt16BE(bytes.length)
  return Buffer.concat([length, bytes])
}

function encodeNumber (key, value) {
  const { bytes: size, default: otherwise = 0, signed } = PACKET_SPEC[key]
  const number = value ?? otherwise
  const least = signed ? -(2 ** (8 * size - 1)) : 0
  const most = least + 2 ** (8 * size) - 1
  if (!Number.isInteger(number) || number < least || number > most) {
    throw outOfRange(key, `>= ${least} and <= ${most}`, number)
  }
  const bytes = Buffer.alloc(size)
  if (signed) bytes.writeIntBE(number, 0, size)
  else bytes.writeUIntBE(number, 0, size)
  return bytes
}

/**
 * Checks a message that is an object against the keys that its type knows.
 * @param {object} message
 * @param {Record<string, { type: string, required?: boolean }>} keys
 * @throws if it is no object or has a key that is not among them
 */
export function validatePacket (message, keys) {
  if (!message || typeof message !== 'object') throw new TypeError('Expected object')
  const unknown = Object.keys(message).filter((key) => !Object.hasOwn(keys, key))
  if (unknown.length > 0) throw new TypeError(`Unexpected keys [${unknown}]`)
}

/** The same under the name that later versions gave it. */
export const validateMessage = validatePacket

const keys = (list) => Object.fromEntries(list.split(' ').map((each) => {
  const [, name, mark] = /^(\w+)([!]?)$/.exec(each)
  return [name, { type: TYPES[name] ?? 'string', required: mark === '!' }]
}))

const NUMBERS = 'port natType uptime isHeartbeat cacheSize timestamp probeExternalPort rendezvousPort rendezvousType rendezvousDeadline'
const FLAGS = 'isConnection isReflection isProbe isDebug isRendezvous initial rejected'
const TYPES = Object.fromEntries([
  ...NUMBERS.split(' ').map((name) => [name, 'number']),
  ...FLAGS.split(' ').map((name) => [name, 'boolean'])
])

const PING = keys('requesterPeerId! cacheSummaryHash probeExternalPort reflectionId pingId natType uptime isHeartbeat cacheSize isConnection isReflection isProbe isDebug timestamp')
const PONG = keys('requesterPeerId! responderPeerId! cacheSummaryHash port address! uptime cacheSize natType isReflection isHeartbeat isConnection reflectionId pingId isDebug isProbe rejected')
const INTRO = keys('requesterPeerId! responderPeerId! isRendezvous natType! address! port! timestamp')
const JOIN = keys('rendezvousAddress rendezvousPort rendezvousType rendezvousPeerId rendezvousDeadline rendezvousRequesterPeerId requesterPeerId! natType! initial address! key port! isConnection')

/** Asks for a sign of life, and for one's own address. */
export class PacketPing extends Packet {
  static type = 1
  constructor (options) {
    super({ ...options, type: PacketPing.type })
    validatePacket(this.message, PING)
  }
}

/** Answers a ping. */
export class PacketPong extends Packet {
  static type = 2
  constructor (options) {
    super({ ...options, type: PacketPong.type })
    validatePacket(this.message, PONG)
  }
}

/** Tells one peer of another. */
export class PacketIntro extends Packet {
  static type = 3
  constructor (options) {
    super({ ...options, type: PacketIntro.type })
    validatePacket(this.message, INTRO)
  }
}

/** Tells the network that a peer takes part in a subcluster. */
export class PacketJoin extends Packet {
  static type = 4
  constructor (options) {
    super({ ...options, type: PacketJoin.type })
    validatePacket(this.message, JOIN)
  }
}

/** Carries a message for a subcluster. */
export class PacketPublish extends Packet {
  static type = 5
  constructor (options) {
    super({ ...options, type: PacketPublish.type })
  }
}

/** Carries a message for one peer. */
export class PacketStream extends Packet {
  static type = 6
  constructor (options) {
    super({ ...options, type: PacketStream.type })
  }
}

/** Carries the summary of a cache. */
export class PacketSync extends Packet {
  static type = 7
  constructor (options) {
    super({ ...options, type: PacketSync.type })
  }
}

/** Asks the network a question, or answers one. */
export class PacketQuery extends Packet {
  static type = 8
  constructor (options) {
    super({ ...options, type: PacketQuery.type, message: options?.message ?? {} })
  }
}

export default Packet
