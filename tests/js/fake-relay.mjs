/**
 * Stands in for the native side's network: peers that hear each other at once, and keys that are only as
 * good as a test needs.
 *
 * It proves the page's half of the contract only. Keys and boxes of the real one are proved in a real
 * window, against the vectors of the wire.
 */
import crypto from 'node:crypto'
import { answers, seen } from './fake-native.mjs'

const target = new EventTarget()
globalThis.addEventListener ??= target.addEventListener.bind(target)
globalThis.removeEventListener ??= target.removeEventListener.bind(target)
globalThis.dispatchEvent ??= target.dispatchEvent.bind(target)

/** The peers by id, and what was asked of them. */
export const peers = new Map()
export const calls = []
export { seen }

const attachments = new Map()
const sha256 = (...parts) => crypto.createHash('sha256').update(Buffer.concat(parts.map((each) => Buffer.from(each)))).digest('hex')
const random = () => crypto.randomBytes(32).toString('hex')
const failure = (name, code, message = code) => Object.assign(new Error(message), { name, code })

/** Tells every link of a local peer a line. */
export function tell (local, line) {
  globalThis.dispatchEvent(new CustomEvent('relay', { detail: { local, ...line } }))
}

/** A neighbour as the reports say it. */
export const neighbour = (peer) => ({
  peer: peer.peer, address: peer.address, port: peer.port, nat: 'UNRESTRICTED', indexed: false, via: 'direct', proxy: null, key: null
})

function keyPair (seed) {
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed])
  const key = crypto.createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
  const publicKey = crypto.createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-32)
  return { key, publicKey: publicKey.toString('hex'), privateKey: Buffer.concat([seed, publicKey]).toString('hex') }
}

const pairOf = (key) => keyPair(Buffer.from(key, 'hex').subarray(0, 32))
const seedOf = ({ text }, body) => {
  if (text !== undefined) return Buffer.from(sha256(text), 'hex')
  return body.length > 0 ? body : crypto.randomBytes(32)
}
const box = (tag, key, body) => Buffer.concat([Buffer.from(`${tag}:${key}:`), body])

function unbox (tag, key, body) {
  const head = Buffer.from(`${tag}:${key}:`)
  if (!body.subarray(0, head.length).equals(head)) throw failure('Error', 'ERR_CRYPTO_OPEN')
  return { bytes: body.subarray(head.length) }
}

const signed = ({ legacy }, body) => legacy ? body.subarray(64) : body

const cryptoAnswers = {
  // The real one hashes with BLAKE2b.
  createSharedKey: (params, body) => ({ key: sha256(seedOf(params, body)) }),
  createKeyPair: (params, body) => {
    const { publicKey, privateKey } = keyPair(seedOf(params, body))
    return { publicKey, privateKey }
  },
  seal: ({ key }, body) => ({ bytes: box('seal', key, body) }),
  open: ({ key }, body) => unbox('seal', key, body),
  sealMessage: ({ publicKey }, body) => ({ bytes: box('box', publicKey, body) }),
  openMessage: ({ publicKey }, body) => unbox('box', publicKey, body),
  sign: (params, body) => ({ signature: crypto.sign(null, signed(params, body), pairOf(params.privateKey).key).toString('hex') }),
  verify: (params, body) => {
    const der = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), Buffer.from(params.publicKey, 'hex')])
    const key = crypto.createPublicKey({ key: der, format: 'der', type: 'spki' })
    return { valid: crypto.verify(null, signed(params, body), key, Buffer.from(params.signature, 'hex')) }
  }
}

const report = (peer) => ({
  ...neighbour(peer),
  nat_type: 31,
  neighbours: [...peers.values()].filter((each) => each !== peer && each.isOpen).map(neighbour),
  cache: { packets: peer.cache.size, bytes: 100 * peer.cache.size },
  counters: { sent: { publish: 1 }, received: { publish: 2 } }
})

/** The line of a message, as its receivers get it. */
function lineOf (peer, params, body, event) {
  const { publicKey } = pairOf(params.key)
  return {
    event,
    id: sha256(body, random()),
    cluster: params.cluster ?? peer.cluster,
    subcluster: publicKey,
    previous: params.previous ?? null,
    next: params.next ?? null,
    clock: (params.clock ?? 0) + 1,
    hops: 1,
    index: -1,
    ttl: params.ttl ?? 21_600_000,
    size: body.length,
    name: params.usr1 ?? null,
    publisher: params.signing?.publicKey ?? params.usr2 ?? null,
    verified: params.signing ? 'full' : 'no',
    text: null,
    base64: body.toString('base64'),
    sealed: box('seal', params.key, body).toString('base64'),
    meta: params.meta ?? null,
    address: peer.address,
    port: peer.port
  }
}

const isIn = (peer, { cluster, subcluster }) => peer.isOpen && peer.joined.get(subcluster) === cluster

const relayAnswers = {
  open ({ id, peerId = 'd'.repeat(64), cluster, ...rest }) {
    const isNew = !peers.has(peerId)
    if (isNew) {
      const port = 10_000 + peers.size
      peers.set(peerId, { peer: peerId, cluster, address: '127.0.0.1', port, joined: new Map(), cache: new Map(), isOpen: true, options: rest })
    }
    const peer = peers.get(peerId)
    if (isNew) for (const each of peers.values()) if (each !== peer) tell(each.peer, { event: 'connection', ...neighbour(peer) })
    const attachment = random().slice(32)
    attachments.set(attachment, peer)
    return { id: attachment, isNew, report: report(peer) }
  },
  close ({ id }) { attachments.delete(id); return {} },
  shutdown (_, __, peer) { peer.isOpen = false; tell(peer.peer, { event: 'stopped' }); return {} },
  info: (_, __, peer) => report(peer),
  join ({ key, cluster = null }, _, peer) {
    const { publicKey: subcluster } = pairOf(key)
    cluster ??= peer.cluster
    peer.joined.set(subcluster, cluster)
    for (const each of peers.values()) {
      if (each === peer || !isIn(each, { cluster, subcluster })) continue
      tell(each.peer, { event: 'join', ...neighbour(peer), cluster, subcluster })
      tell(peer.peer, { event: 'join', ...neighbour(each), cluster, subcluster })
    }
    return { cluster, subcluster }
  },
  leave ({ subcluster }, _, peer) { peer.joined.delete(subcluster); return {} },
  publish (params, body, peer) {
    const line = lineOf(peer, params, body, 'packet')
    peer.cache.set(line.id, line)
    if (params.meta?.lose) return { ids: [line.id], clock: line.clock }
    for (const each of peers.values()) {
      if (each === peer || !isIn(each, line)) continue
      each.cache.set(line.id, line)
      tell(each.peer, line)
    }
    return { ids: [line.id], clock: line.clock }
  },
  stream (params, body, peer) {
    const other = peers.get(params.to)
    if (!other?.isOpen) throw failure('Error', 'ERR_RELAY_NOT_CONNECTED')
    const line = lineOf(peer, params, body, 'stream')
    tell(other.peer, { ...line, from: peer.peer })
    return { ids: [line.id], clock: line.clock }
  },
  query ({ question, wanted, first }, _, peer) {
    const query = random()
    for (const each of peers.values()) {
      if (each === peer) continue
      const known = each.cache.get(wanted)
      if (known) tell(peer.peer, { ...known, event: 'answer', id: query, packet: wanted })
      else tell(each.peer, { event: 'query', id: query, question, address: peer.address, port: peer.port })
    }
    peer.asked = [...peer.asked ?? [], { wanted, first, query }]
    return { query }
  },
  answer ({ query }, body, peer) {
    for (const each of peers.values()) {
      if (!each.asked?.some((asked) => asked.query === query)) continue
      const id = sha256(body)
      tell(each.peer, { event: 'answer', id: query, packet: id, text: body.toString(), base64: null, address: peer.address, port: peer.port })
    }
    return { ids: [sha256(body)] }
  },
  sync ({ peer: with_ }, _, peer) { tell(peer.peer, { event: 'sync', peer: with_, packets: 3 }); return {} },
  reflect (_, __, peer) { tell(peer.peer, { event: 'ready', peer: peer.peer, address: '203.0.113.7', port: 4, nat: 'PORT_RESTRICTED', nat_type: 7 }); return {} },
  list ({ subcluster, name }, _, peer) { return { packets: [...peer.cache.values()].filter((each) => (!subcluster || each.subcluster === subcluster) && (!name || each.name === name)) } },
  walk ({ packet }, _, peer) {
    const line = peer.cache.get(packet)
    const next = [...peer.cache.values()].filter((each) => each.previous === packet).map((each) => each.id)
    return line || next.length > 0 ? { packet: line ?? null, previous: line?.previous ?? null, next } : null
  },
  inject: (_, body) => ({ count: body.length > 4 ? 1 : 0 })
}

for (const [name, run] of Object.entries(cryptoAnswers)) answers[`crypto.${name}`] = run
for (const [name, run] of Object.entries(relayAnswers)) {
  answers[`relay.${name}`] = (params, body) => {
    calls.push({ command: name, params, body })
    const peer = name === 'open' ? null : attachments.get(params.id)
    if (peer === undefined) throw failure('NotFoundError', 'ERR_RELAY_NO_PEER')
    return run(params, body, peer)
  }
}
