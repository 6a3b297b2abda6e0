// Runs one unmodified reference peer (npm `@socketsupply/socket`, wire version 6) under Node.
//
//   node reference-peer.mjs MODULE_FOLDER '{"name":"a","cluster":"TEST",…}'
//
// It prints the JSON lines that `runtime peer --json` prints, and takes the requests of the
// control socket as lines on standard input, so that a test need not know which kind of peer
// it talks to. An error that would end the reference in real life is printed as a `fault` and
// ends it here, too. It ends with its standard input.

import dgram from 'node:dgram'
import { createHash, webcrypto } from 'node:crypto'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'

const [folder, text] = process.argv.slice(2)
const options = {
  name: '', indexed: false, address: '127.0.0.1', port: 0, probePort: 0, bootstraps: [],
  cluster: 'TEST', join: [], keepalive: 30_000, ...JSON.parse(text)
}

// What the package expects of its surroundings and old versions of Node lack.
globalThis.crypto ??= webcrypto
// Reading the real environment costs a system call for each log line that is not written.
process.env = { ...process.env, DEBUG: '' }

const load = (file) => import(pathToFileURL(path.join(folder, file)).href)
const [relay, { Buffer: OwnBuffer }, { sodium }] = await Promise.all(
  ['stream-relay/index.js', 'buffer.js', 'crypto.js'].map(load)
)
const { wrap, RemotePeer, Encryption, NAT, sha256 } = relay
await sodium.ready

const print = (line) => process.stdout.write(`${JSON.stringify(line)}\n`)
const hex = (bytes) => Buffer.from(bytes ?? []).toString('hex')
const field = (bytes) => ['', '00'].includes(hex(bytes)) ? null : hex(bytes)
const own = (bytes) => OwnBuffer.from(bytes)
const natName = (type) => NAT.toString(type)

function fault (error) {
  print({ event: 'fault', text: `${error?.stack ?? error}` })
  process.stdout.write('', () => process.exit(70))
}
process.on('unhandledRejection', fault)
process.on('uncaughtException', fault)

// The package mistakes Node's buffers for their whole backing store.
function createSocket () {
  const socket = dgram.createSocket('udp4')
  const listen = socket.on.bind(socket)
  socket.on = (name, handler) => listen(name, name === 'message'
    ? (bytes, from) => handler(own(bytes), from)
    : handler)
  const bind = socket.bind.bind(socket)
  socket.bind = (port) => bind(port, options.address)
  return socket
}

const Peer = wrap({ createSocket })
const clusterId = own(Buffer.from(options.cluster))
const peerId = createHash('sha256').update(options.name).digest('hex')
const questions = new Map()
let isReady = false
let isAnswering = false

const peer = new Peer({
  peerId,
  keepalive: options.keepalive,
  port: options.port,
  probeInternalPort: options.probePort,
  ...(options.indexed ? { indexed: true, natType: 31, address: options.address } : { clusterId }),
  peers: options.bootstraps.map((known) => new RemotePeer({
    peerId: known.peer, address: known.address, port: known.port, natType: 31, indexed: true
  }))
})

async function join (sharedKey) {
  await peer.join(sharedKey, { rateLimit: 1024 })
  return hex((await Encryption.createKeyPair(sharedKey)).publicKey)
}

const keyOf = (key) => key.hex
  ? new Uint8Array(Buffer.from(key.hex, 'hex'))
  : Encryption.createSharedKey(key.seed)

function opened (packet) {
  try {
    const message = own(packet.message)
    const plain = peer.encryption.open(message, own(packet.subclusterId).toString('base64'))
    return Buffer.from(plain)
  } catch {
    return null
  }
}

// The bytes of a message, whatever the reference has made of them.
function raw (message) {
  if (message instanceof Uint8Array) return Buffer.from(message)
  return Buffer.from(typeof message === 'string' ? message : JSON.stringify(message) ?? '')
}

function content (bytes) {
  const text = bytes.toString('utf8')
  return Buffer.from(text, 'utf8').equals(bytes)
    ? { text, base64: null }
    : { text: null, base64: bytes.toString('base64') }
}

function described (packet) {
  return {
    id: hex(packet.packetId),
    cluster: field(packet.clusterId),
    subcluster: field(packet.subclusterId),
    previous: field(packet.previousId),
    next: field(packet.nextId),
    clock: packet.clock,
    hops: packet.hops,
    index: packet.index,
    is_composed: packet.isComposed ?? false,
    name: field(packet.usr1),
    publisher: field(packet.usr2),
    meta: packet.meta ?? null
  }
}

function whole (packet, port, address) {
  const plain = opened(packet) ?? raw(packet.message)
  const line = { ...described(packet), size: plain.length, ...content(plain), address, port }
  return { ...line, is_opened: opened(packet) !== null }
}

function neighbour (remote, port = remote.port, address = remote.address) {
  const via = remote.proxy ? 'proxy' : remote.socket ? 'punched' : 'direct'
  return {
    peer: remote.peerId, address, port, nat: natName(remote.natType), indexed: !!remote.indexed,
    via, proxy: remote.proxy?.peerId ?? null, key: null
  }
}

peer.onListening = () => print({
  event: 'listening', peer: peerId, address: options.address, port: peer.socket.address().port,
  probe_port: peer.probeSocket.address().port, control: null
})
peer.onReady = async () => {
  const { address, natType } = peer
  const port = peer.port ?? peer.config.port
  if (options.indexed) peer.port = port
  if (!isReady) for (const seed of options.join) await join(await Encryption.createSharedKey(seed))
  isReady = true
  print({ event: 'ready', peer: peerId, address, port, nat: natName(natType), nat_type: natType })
}
peer.onConnecting = ({ code, status }) => print({ event: 'connecting', step: code, status })
peer.onConnection = (packet, remote, port, address) =>
  print({ event: 'connection', ...neighbour(remote, port, address) })
peer.onDisconnect = ([remote]) => print({ event: 'disconnection', ...neighbour(remote) })
peer.onJoin = (packet, remote) => print({
  event: 'join', peer: remote.peerId, cluster: field(packet.clusterId),
  subcluster: field(packet.subclusterId)
})
peer.onPacket = (packet, port, address, isOwn) => {
  if (!isOwn) print({ event: 'packet', ...whole(packet, port, address) })
}
peer.onStream = (packet, from, port, address) =>
  print({ event: 'stream', from: from.peerId, ...whole(packet, port, address) })
peer.onSync = (packet, port, address) => print({ event: 'sync', address, port })
peer.onSyncFinished = (packet, port, address) => print({ event: 'synced', address, port })
peer.onError = (error) => print({ event: 'error', text: `${error.code ?? error}` })
peer.onQuery = async (question) => {
  const id = createHash('sha256').update(`${questions.size}`).digest('hex')
  if (!isAnswering) {
    print({ event: 'query', id: null, question })
    return null
  }
  const answer = new Promise((resolve) => questions.set(id, resolve))
  print({ event: 'query', id, question })
  return answer
}

// Set only for who asks: an intermediate that takes answers keeps them from the asker.
function onAnswer (message, packet, port, address) {
  print({ event: 'answer', id: null, packet: hex(packet.packetId), ...content(raw(message)), address, port })
}

const requests = {
  info: () => ({
    peer: peerId,
    address: peer.address,
    port: peer.port,
    nat: natName(peer.natType ?? 0),
    neighbours: peer.peers.filter((known) => known.lastUpdate).map((known) => neighbour(known)),
    cache: { packets: peer.cache.size },
    counters: { sent: peer.metrics.o, received: peer.metrics.i }
  }),
  join: async ({ key }) => ({ subcluster: await join(await keyOf(key)) }),
  publish: async (request) => {
    const { key, text, base64, event, to, ttl_ms: ttl, meta, after } = request
    const message = own(base64 ? Buffer.from(base64, 'base64') : Buffer.from(text))
    const sharedKey = await keyOf(key)
    const parent = after ? peer.cache.get(after) : undefined
    const more = {
      ...(event ? { usr1: own(await sha256(event, { bytes: true })) } : {}),
      ...(ttl ? { ttl } : {}),
      ...(meta ? { meta } : {}),
      ...(parent ? { packet: parent } : {})
    }
    const remote = to && peer.getPeer(to)
    if (to && !remote) throw new Error(`peer ${to} is not connected`)
    if (remote && !remote.localPeer) remote.localPeer = peer
    // A stream takes its cluster from its peer, as base64 of a field that holds bytes.
    const packets = remote
      ? await remote.write(sharedKey, { message, ...more })
      : await peer.publish(sharedKey, { message, clusterId, ...more })
    return { ids: packets.map((packet) => hex(packet.packetId)) }
  },
  query: async ({ question, wanted }) => {
    peer.onAnswer = onAnswer
    await peer.query(wanted ? { ...question, packetId: wanted } : question)
    return {}
  },
  answering: ({ is_on: isOn }) => {
    isAnswering = isOn
    return {}
  },
  answer: ({ query, text, base64 }) => {
    const message = own(base64 ? Buffer.from(base64, 'base64') : Buffer.from(text))
    questions.get(query)({ message })
    questions.delete(query)
    return {}
  },
  sync: async ({ peer: id }) => {
    await peer.sync(peer.getPeer(id))
    return {}
  },
  list: () => ({ packets: [...peer.cache.data.values()].map(described) }),
  stop: () => {
    setTimeout(() => process.exit(0), 10)
    return {}
  }
}

async function handle (line) {
  const { id, do: verb, ...request } = JSON.parse(line)
  try {
    print({ id, ok: await requests[verb](request) })
  } catch (error) {
    print({ id, error: { kind: error.constructor.name, text: `${error.stack}` } })
  }
}

const lines = createInterface({ input: process.stdin })
lines.on('line', handle)
lines.on('close', () => process.exit(0))
process.on('SIGTERM', () => process.exit(0))
await peer.init()
