/**
 * Turns the lines in which the native side says what happened into packets, and packets into the
 * arguments of calls.
 */
import { Buffer } from 'socket:buffer'
import { invalidArgType } from 'socket:internal/node-errors'
import { fieldHex, fromField, isBytes, toBytes, toHex } from 'socket:internal/relay/bytes'
import { recall, remember } from 'socket:internal/relay/opened'
import { Packet } from 'socket:latica/packets'

const FIELDS = ['usr3', 'usr4', 'sig']

/**
 * The packet that a line is about. `packet.message` is sealed, as it was on the wire, and opens without
 * a further call; `packet.verified` and `packet.verification` say what its signatures are worth.
 * @param {number} type
 * @param {object} line
 * @return {Packet}
 */
export function toPacket (type, line) {
  const message = openedBytes(line)
  const packet = new Packet({
    type,
    clock: line.clock,
    hops: line.hops,
    index: line.index,
    ttl: line.ttl,
    clusterId: fromField(line.cluster),
    subclusterId: fromField(line.subcluster),
    previousId: fromField(line.previous),
    packetId: fromField(line.id),
    nextId: fromField(line.next),
    usr1: fromField(line.name),
    usr2: fromField(line.publisher),
    meta: line.meta ?? undefined
  })
  for (const key of FIELDS) packet[key] = fromField(line[key])
  packet.message = sealedBytes(line, message)
  packet.isComposed = Boolean(line.meta)
  packet.verification = line.verified ?? 'no'
  packet.verified = packet.verification !== 'no'
  return packet
}

/** What the message says, if a key of ours opens it. */
function openedBytes ({ text, base64 }) {
  if (typeof text === 'string') return Buffer.from(text)
  return typeof base64 === 'string' ? Buffer.from(base64, 'base64') : null
}

/** The sealed bytes. A long message comes opened only, and then stands for itself. */
function sealedBytes ({ sealed }, message) {
  if (typeof sealed === 'string') {
    const bytes = Buffer.from(sealed, 'base64')
    return message ? remember(bytes, message) : bytes
  }
  return message ? remember(Buffer.from(message), message) : Buffer.from([0])
}

/**
 * What the message of a packet says, `null` if no key of ours opened it.
 * @param {Packet} packet
 * @return {Buffer|null}
 */
export function openedOf (packet) {
  const known = recall(packet.message)
  return known ? Buffer.from(known) : null
}

/**
 * The arguments of `relay.publish` and `relay.stream`.
 * @param {Uint8Array|string} sharedKey
 * @param {object} args as `Peer.publish` takes them
 * @return {object}
 */
export function toPublication (sharedKey, args) {
  return {
    key: toHex(toBytes(sharedKey, 'sharedKey'), 'sharedKey', 32),
    cluster: args.clusterId ? toHex(toBytes(args.clusterId, 'clusterId'), 'clusterId') : undefined,
    event: args.event,
    usr1: fieldHex(args.usr1, 'usr1'),
    usr2: fieldHex(args.usr2, 'usr2'),
    usr3: fieldHex(args.usr3, 'usr3'),
    usr4: fieldHex(args.usr4, 'usr4'),
    sig: fieldHex(args.sig, 'sig'),
    signing: args.signing,
    ttl: args.ttl,
    previous: followed(args),
    clock: args.packet?.clock,
    next: fieldHex(args.nextId, 'nextId'),
    meta: args.meta
  }
}

/** The id of the packet that a message follows, in hex digits; `packet` is a packet or its id. */
function followed ({ packet, previousId }) {
  if (packet === undefined || packet === null) return fieldHex(previousId, 'previousId')
  const id = packet.packetId ?? (typeof packet === 'string' || isBytes(packet) ? packet : null)
  if (id === null) throw invalidArgType('options.packet', 'a packet or its id', packet)
  return toHex(id, 'options.packet', 32)
}

/**
 * The packets of a message of ours as far as this side knows them: the first carries the message as it was
 * given.
 * @param {Function} Class
 * @param {string[]} ids head first
 * @param {object} args as `Peer.publish` takes them
 * @return {Packet[]}
 */
export function toPackets (Class, ids, args) {
  const bytes = ids.map((id) => Buffer.from(id, 'hex'))
  return bytes.map((packetId, at) => {
    const packet = new Class({ ...args, message: undefined, packetId, index: ids.length > 1 ? at : -1 })
    packet.previousId = at === 0 ? unsetOr(followed(args)) : bytes[0]
    packet.nextId = unsetOr(bytes[at + 1] ?? args.nextId)
    if (at === 0) packet.message = openable(toBytes(args.message, 'message'))
    return packet
  })
}

/** A message of our own is never sealed here, so it stands for itself. */
const openable = (message) => remember(Buffer.from(message), message)

const unsetOr = (value) => value ? Buffer.from(toHex(value, 'id'), 'hex') : Buffer.from([0])
