/**
 * Turns the lines of a link into the callbacks of a `Peer`, and keeps its list of peers.
 */
import { Buffer } from 'socket:buffer'
import { fromField } from 'socket:internal/relay/bytes'
import { openedOf, toPacket } from 'socket:internal/relay/lines'
import { RemotePeer } from 'socket:internal/relay/remote-peer'
import { fromString } from 'socket:latica/nat'
import { PacketJoin, PacketPong, PacketPublish, PacketQuery, PacketStream, PacketSync } from 'socket:latica/packets'

/** How many peers are remembered that are gone, so that they are the same object if they come back. */
const GONE_MAX = 256

/**
 * Adds the listeners of a peer to its link, and takes over what was known before.
 * @param {import('socket:internal/relay/peer').Peer} peer
 * @param {import('socket:internal/relay/link').Link} link
 * @param {() => void} stopped called when the peer has ended
 */
export function listeners (peer, link, stopped) {
  const handlers = {
    ready: (line) => ready(peer, line),
    connecting: ({ step, status }) => peer.onConnecting?.({ code: step, status }),
    connection: (line) => connection(peer, line),
    disconnection: (line) => disconnection(peer, line),
    join: (line) => join(peer, line),
    packet: (line) => packet(peer, toPacket(PacketPublish.type, line), line),
    own: (line) => packet(peer, line.packet, line),
    stream: (line) => stream(peer, line),
    query: (line) => query(peer, line),
    answer: (line) => answer(peer, line),
    sync: (line) => synced(peer, line),
    limited: ({ address, port }) => peer.onLimit?.(null, port, address),
    unanswered: (line) => unreached(peer, 'ERR_RELAY_UNANSWERED', `no answer from bootstrap peer ${line.address}:${line.port}: ${line.hint}`, line),
    unresolved: (line) => unreached(peer, 'ERR_RELAY_UNRESOLVED', `no IPv4 address is known for bootstrap peer ${line.host}:${line.port}: ${line.hint}`, line),
    lost: ({ count }) => peer.onWarn?.(Object.assign(new Error(`${count} events were lost`), { code: 'ERR_RELAY_LOST', count })),
    stopped
  }
  for (const [name, handler] of Object.entries(handlers)) link.on(name, (line) => guard(peer, handler, line))
  queueMicrotask(() => guard(peer, known, link.report))

  function known ({ neighbours = [], address, port, nat, indexed }) {
    for (const each of neighbours) connection(peer, each)
    if (!peer.isReady && (indexed || fromString(nat))) ready(peer, { address, port, nat })
  }
}

/** What a callback throws is the app's error, and must not keep the other links from their lines. */
function guard (peer, handler, line) {
  const report = (error) => {
    if (peer.onError) peer.onError(error)
    else queueMicrotask(() => { throw error })
  }
  try {
    // Callbacks may be async; what they reject with is treated alike.
    handler(line)?.catch?.(report)
  } catch (error) {
    report(error)
  }
}

/** A bootstrap peer is of no use yet; it is tried again all the while. */
function unreached (peer, code, message, { address, host, port }) {
  peer.onWarn?.(Object.assign(new Error(message), { code, address: address ?? host, port }))
}

function ready (peer, { address, port, nat }) {
  const natType = fromString(nat)
  if (peer.isReady && peer.address === address && peer.port === port && peer.natType === natType) return
  const isChanged = peer.natType !== natType
  peer.isReady = true
  peer.lastUpdate = Date.now()
  if (address) peer.address = address
  if (port) peer.port = port
  peer.natType = natType
  if (isChanged) peer.onNat?.(natType)
  peer.getInfo().then((info) => peer.onReady?.(info)).catch((error) => peer.onError?.(error))
  peer.onState?.(peer.getState())
}

function connection (peer, line) {
  const remote = remotePeer(peer, line)
  if (remote.connected) return
  remote.connected = true
  const message = { requesterPeerId: peer.peerId, responderPeerId: remote.peerId, natType: remote.natType, isConnection: true }
  peer.onConnection?.(new PacketPong({ message }), remote, remote.port, remote.address)
}

function disconnection (peer, line) {
  const remote = remotePeer(peer, line)
  remote.connected = false
  const gone = peer.peers.filter((each) => !each.connected && !each.indexed)
  if (gone.length > GONE_MAX) peer.peers.splice(peer.peers.indexOf(gone[0]), 1)
  peer.onDisconnection?.(remote)
  peer.onDisconnect?.(remote)
}

function join (peer, line) {
  const remote = remotePeer(peer, line)
  const clusterId = fromField(line.cluster)
  const subclusterId = fromField(line.subcluster)
  remote.enter(clusterId, subclusterId)
  if (!peer.encryption.has(subclusterId)) return
  const { peerId: requesterPeerId, natType, address, port } = remote
  const message = { requesterPeerId, natType, address, port }
  peer.onJoin?.(new PacketJoin({ clusterId, subclusterId, message }), remote, port, address)
}

function packet (peer, packet, { port, address }) {
  // Lines come to every peer object of the page, whichever of them has joined.
  if (!peer.encryption.has(packet.subclusterId)) return
  peer.lastUpdate = Date.now()
  peer.cache.insert(packet.packetId.toString('hex'), packet)
  peer.onData?.(packet, port, address, packet.message)
  return peer.onPacket?.(packet, port, address)
}

function stream (peer, line) {
  const received = toPacket(PacketStream.type, line)
  if (!peer.encryption.has(received.subclusterId)) return
  const remote = peer.getPeer(line.from) ?? remotePeer(peer, { ...line, peer: line.from })
  received.streamFrom = line.from
  peer.onData?.(received, line.port, line.address, received.message)
  return peer.onStream?.(received, remote, line.port, line.address)
}

/** A callback answers by returning a message, at once or later. */
async function query (peer, line) {
  const { id, question, address, port } = line
  const asked = new PacketQuery({ message: question, usr3: Buffer.from(id, 'hex') })
  const result = await peer.onQuery?.(question, asked, port, address)
  if (result === undefined || result === null || result === false) return
  await peer.answer(id, result.message ?? result)
}

function answer (peer, line) {
  const received = toPacket(PacketPublish.type, { ...line, id: line.packet })
  received.queryId = line.id
  return peer.onAnswer?.(openedOf(received) ?? received.message, received, line.port, line.address)
}

function synced (peer, { peer: id, packets }) {
  const remote = peer.getPeer(id) ?? { peerId: id }
  const received = new PacketSync({})
  peer.onSync?.(received, remote.port, remote.address, { peerId: id, packets })
  peer.onSyncEnd?.(received, remote.port, remote.address)
  peer.onSyncFinished?.(received, remote.port, remote.address)
}

/** The peer that a line is about, with what the line says about it. */
function remotePeer (peer, line) {
  let remote = peer.getPeer(line.peer) ?? peer.peers.find((each) => (
    each.address === line.address && each.port === line.port && !each.connected
  ))
  if (!remote) {
    remote = new RemotePeer({ peerId: line.peer }, peer)
    peer.peers.push(remote)
  }
  remote.peerId = line.peer
  remote.update(line)
  return remote
}
