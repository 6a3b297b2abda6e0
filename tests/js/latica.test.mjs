/** `socket:latica` and `socket:stream-relay`: packets, caches, NAT types and the low-level `Peer`. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import './loader.mjs'
import { calls, peers, tell } from './fake-relay.mjs'

const latica = await import('socket:latica')
const streamRelay = await import('socket:stream-relay')
const packets = await import('socket:latica/packets')
const { Cache, DEFAULT_MAX_SIZE } = await import('socket:latica/cache')
const { Buffer } = await import('socket:buffer')
const { Encryption, NAT, Packet, Peer, RemotePeer, rateLimit, sha256 } = latica

const vectorsFile = process.env.RELAY_VECTORS ?? new URL('../vectors/relay-v6.json', import.meta.url)
const { vectors } = JSON.parse(readFileSync(vectorsFile, 'utf8'))
const ofKind = (kind) => vectors.filter((each) => each.kind === kind)
const FIELDS = Object.keys(packets.PACKET_SPEC)
const hex = (bytes) => Buffer.from(bytes).toString('hex')
const random = () => sha256()

/** The parts of a packet as the vectors write them. */
function described (packet) {
  return Object.fromEntries(FIELDS.map((key) => {
    const value = packet[key]
    if (key === 'message') return [key, Buffer.isBuffer(value) ? { hex: hex(value) } : { json: value }]
    return [key, typeof value === 'number' ? value : hex(value)]
  }))
}

function expected ({ message, ...rest }) {
  return { ...rest, message: 'json' in message ? { json: message.json } : { hex: message.hex } }
}

test('every_packet_of_the_vectors_is_read_and_written', async () => {
  assert.ok(ofKind('packet').length > 0)
  for (const { name, encoded, length, decoded } of ofKind('packet')) {
    const bytes = Buffer.from(encoded, 'hex')
    assert.equal(bytes.length, length, name)
    const packet = Packet.decode(bytes)
    assert.deepEqual(described(packet), expected(decoded), name)
    if (decoded.message.text !== undefined) packet.message = decoded.message.text
    assert.equal(hex(await Packet.encode(packet)), encoded, name)
  }
})

test('bytes_that_are_no_packet_are_refused_and_odd_ones_read_as_by_the_reference', () => {
  for (const { name, bytes, rejected, decoded } of ofKind('malformed')) {
    const packet = Packet.decode(Buffer.from(bytes, 'hex'))
    if (rejected) assert.equal(packet, null, name)
    else assert.deepEqual(described(packet), expected(decoded), name)
  }
})

test('any_bytes_decode_to_a_packet_or_to_nothing', () => {
  const source = Buffer.from(ofKind('packet')[0].encoded, 'hex')
  for (let length = 0; length < source.length; length++) Packet.decode(source.subarray(0, length))
  for (let at = 0; at < source.length; at++) {
    const changed = Buffer.from(source)
    changed[at] ^= 0xff
    Packet.decode(changed)
  }
  assert.equal(Packet.decode(Buffer.alloc(0)), null)
  assert.equal(Packet.decode('text'), null)
})

test('the_id_of_a_packet_without_one_is_derived', async () => {
  const { decoded, encoded } = ofKind('packet').find(({ name }) => name === 'ping.minimal')
  const packet = new packets.PacketPing({ message: decoded.message.json })
  assert.equal(hex(await Packet.encode(packet)), encoded)
})

test('what_does_not_fit_a_packet_is_refused_with_its_name', async () => {
  const refused = (options, part) => assert.rejects(Packet.encode(new Packet({ type: 5, message: 'x', ...options })), (error) => (
    error.code === 'ERR_OUT_OF_RANGE' && error.message.includes(part)
  ))
  await refused({ message: Buffer.alloc(1025) }, 'message')
  await refused({ usr1: Buffer.alloc(33) }, 'usr1')
  await refused({ sig: Buffer.alloc(65) }, 'sig')
  await refused({ clusterId: Buffer.alloc(33) }, 'clusterId')
  await refused({ type: 256 }, 'type')
  await refused({ ttl: 2 ** 32 }, 'ttl')
  await refused({ hops: -1 }, 'hops')
  assert.throws(() => new packets.PacketPing({ message: { requesterPeerId: '', nope: 1 } }), /nope/)
  assert.throws(() => new packets.PacketPing({}), TypeError)
})

test('text_is_measured_in_bytes_and_ids_may_be_text', async () => {
  const id = 'ab'.repeat(32)
  const cluster = Buffer.alloc(32, 7)
  const bytes = await Packet.encode(new Packet({ type: 5, message: 'naïve €', packetId: id, clusterId: cluster.toString('base64') }))
  const packet = Packet.decode(bytes)
  assert.equal(packet.message.toString(), 'naïve €')
  assert.equal(hex(packet.packetId), id)
  assert.deepEqual(packet.clusterId, cluster)
})

test('hashes_are_those_of_the_vectors', async () => {
  for (const { name, input, hex: digest } of ofKind('sha256')) {
    const value = input?.hex !== undefined ? Buffer.from(input.hex, 'hex') : input?.json ?? input
    if (digest === null) {
      assert.notEqual(await sha256(value), await sha256(value), `${name}: random`)
      continue
    }
    assert.equal(await sha256(value), digest, name)
    assert.equal(hex(await sha256(value, { bytes: true })), digest, name)
  }
  for (const { value, hex: id } of ofKind('id')) assert.equal(await Encryption.createId(value), id)
  for (const { value, valueHex, v6, head } of ofKind('clusterid')) {
    const given = valueHex === undefined ? value : Buffer.from(valueHex, 'hex')
    if (v6) assert.equal(hex(await streamRelay.Encryption.createClusterId(given)), v6)
    if (head) assert.equal(hex(await Encryption.createClusterId(given)), head)
  }
})

test('summaries_are_those_of_the_vectors', async () => {
  for (const { name, packetIds, prefix, hash, buckets, encoded, decoded } of ofKind('summary')) {
    const cache = new Cache(packetIds.map((id) => [id, new packets.PacketPublish({})]))
    const summary = await cache.summarize(prefix, () => true)
    assert.deepEqual(summary, { prefix, hash, buckets }, name)
    assert.equal(hex(Cache.encodeSummary(summary)), encoded, name)
    assert.deepEqual(Cache.decodeSummary(Buffer.from(encoded, 'hex')), decoded, name)
  }
  for (const bytes of ['', '00', '02aa', `00${'11'.repeat(20)}10${'22'.repeat(20)}`, `00${'11'.repeat(20)}01`]) {
    assert.throws(() => Cache.decodeSummary(Buffer.from(bytes, 'hex')), RangeError, bytes)
  }
})

test('a_message_of_several_packets_is_put_together_in_any_order', async () => {
  for (const { name, order, packets: split, result } of ofKind('compose')) {
    const vector = ofKind('split').find((each) => each.name === split)
    const list = vector.packets.map(({ encoded }) => Packet.decode(Buffer.from(encoded, 'hex')))
    const cache = new Cache()
    let composed = null
    for (const index of order) {
      cache.insert(hex(list[index].packetId), list[index])
      composed = await cache.compose(list[index])
      if (index !== order.at(-1)) assert.equal(composed, null, name)
    }
    assert.equal(await sha256(composed.message), result.messageSha256, name)
    assert.equal(composed.index, result.index)
    // The reference makes an id of what came last; ours is the head's, whatever the order.
    assert.equal(hex(composed.packetId), hex(list[0].packetId), name)
  }
})

test('a_head_that_lies_is_not_put_together', async () => {
  const head = (message) => new packets.PacketPublish({ index: 0, packetId: Buffer.alloc(32, 1), message })
  const part = (index) => new packets.PacketPublish({ index, previousId: Buffer.alloc(32, 1), packetId: Buffer.alloc(32, 2 + index), message: Buffer.from('ab') })
  const compose = (message, indexes) => {
    const first = head(message)
    return new Cache(new Map([['h', first], ...indexes.map((index) => [String(index), part(index)])])).compose(first)
  }
  assert.equal(await compose(null, []), null)
  assert.equal(await compose({ size: 5e8, indexes: 1 }, [1]), null)
  assert.equal(await compose({ size: 4, indexes: 2 }, [1, 3]), null)
  assert.equal(await compose({ size: 0, indexes: 0 }, []), null)
  assert.equal((await compose({ size: 4, indexes: 2 }, [2, 1])).message.toString(), 'abab')
})

test('a_full_cache_gives_up_what_came_first', () => {
  const cache = new Cache()
  cache.maxSize = 2
  const gone = []
  cache.onEjected = (packet) => gone.push(packet.clock)
  for (const clock of [1, 2, 3]) assert.ok(cache.insert(String(clock), new packets.PacketPublish({ clock })))
  assert.deepEqual([[...cache.data.keys()], gone, cache.size], [['2', '3'], [1], 2])
  assert.equal(cache.insert('3', new packets.PacketPublish({})), false)
  assert.equal(cache.insert('4', new packets.PacketStream({})), false)
})

test('nat_types_strategies_and_constants_are_those_of_the_vectors', () => {
  for (const { a, b, strategy, strategyName } of ofKind('strategy')) {
    assert.equal(NAT.connectionStrategy(a, b), strategy, `${a} to ${b}`)
    assert.equal(NAT.toStringStrategy(strategy), strategyName)
  }
  for (const { n, dependence, firewall, valid, name } of ofKind('nat-predicates')[0].rows) {
    const found = [NAT.isEndpointDependenceDefined(n), NAT.isFirewallDefined(n), NAT.isValid(n), NAT.toString(n)]
    assert.deepEqual(found, [dependence, firewall, valid, name])
  }
  const others = { MAGIC: hex(packets.MAGIC_BYTES_PREFIX), 'Cache.DEFAULT_MAX_SIZE': DEFAULT_MAX_SIZE, 'Packet.MESSAGE_BYTES': 'undefined' }
  for (const { name, value } of ofKind('constant')) {
    const [, group, key] = /^(nat|const)\.(.+)$/.exec(name)
    const found = group === 'nat' ? NAT[key] : others[key] ?? packets[key] ?? latica[key]
    assert.equal(found, value, name)
  }
})

test('the_first_packet_beyond_a_quota_is_the_one_of_the_vectors', () => {
  for (const { name, type, firstRefused, bucketKey } of ofKind('rate').filter((each) => each.type)) {
    const rates = new Map()
    let count = 1
    while (!rateLimit(rates, type, 1234, '1.2.3.4')) count += 1
    assert.deepEqual([count, [...rates.keys()]], [firstRefused, [bucketKey]], name)
  }
})

async function started (name, options = {}) {
  const peer = new Peer({ peerId: await sha256(name), clusterId: await Encryption.createClusterId('test'), ...options })
  const ready = new Promise((resolve) => { peer.onReady = resolve })
  await peer.init()
  await ready
  return peer
}

test('a_peer_opens_joins_publishes_and_hears', async () => {
  const sharedKey = await Encryption.createSharedKey('room')
  const [ann, bob] = [await started('ann'), await started('bob')]
  assert.deepEqual([ann.address, ann.natType, (await ann.getInfo()).natName], ['127.0.0.1', 31, 'UNRESTRICTED'])
  const joined = new Promise((resolve) => { ann.onJoin = (packet, remote) => resolve([packet, remote]) })
  await ann.join(sharedKey)
  await bob.join(sharedKey)
  const [packet, remote] = await joined
  assert.deepEqual([packet.type, remote.peerId, remote instanceof RemotePeer], [4, bob.peerId, true])
  const heard = new Promise((resolve) => { bob.onPacket = (...args) => resolve(args) })
  const own = new Promise((resolve) => { ann.onPacket = (...args) => resolve(args) })
  const args = { message: Buffer.from('hello'), usr1: Buffer.alloc(32, 1) }
  const copy = { ...args }
  const [sent] = await ann.publish(sharedKey, args)
  assert.deepEqual(args, copy, 'the arguments stay as they are')
  const [received, port, address] = await heard
  assert.deepEqual([port, address, hex(received.packetId)], [ann.port, ann.address, hex(sent.packetId)])
  const scid = received.subclusterId.toString('base64')
  assert.notEqual(received.message.toString(), 'hello', 'it arrives sealed')
  assert.equal(bob.encryption.open(received.message, scid).toString(), 'hello')
  const [mine, , , isOwn] = await own
  assert.deepEqual([ann.encryption.open(mine.message, scid).toString(), isOwn], ['hello', true])
  assert.ok(bob.cache.has(hex(sent.packetId)))
  await assert.rejects(ann.publish(sharedKey, { message: 'text' }), { code: 'ERR_INVALID_ARG_TYPE' })
  await assert.rejects(ann.publish(undefined, args), { code: 'ERR_INVALID_ARG_TYPE' })
})

test('the_same_arguments_written_to_two_peers_are_sealed_once_each', async () => {
  const sharedKey = await Encryption.createSharedKey('streams')
  const [ann, bob, eve] = [await started('ann-2'), await started('bob-2'), await started('eve-2')]
  const joined = []
  const both = new Promise((resolve) => { ann.onJoin = (_, remote) => joined.push(remote) === 2 && resolve() })
  for (const peer of [ann, bob, eve]) await peer.join(sharedKey)
  await both
  const heard = []
  const done = new Promise((resolve) => {
    for (const peer of [bob, eve]) {
      peer.onStream = (packet, from) => {
        heard.push([peer.encryption.open(packet.message, packet.subclusterId.toString('base64')).toString(), from.peerId])
        if (heard.length === 2) resolve()
      }
    }
  })
  const args = { message: Buffer.from('psst') }
  for (const remote of joined) await remote.write(sharedKey, args)
  await done
  assert.deepEqual(heard, [['psst', ann.peerId], ['psst', ann.peerId]])
  assert.deepEqual(args, { message: Buffer.from('psst') })
})

test('questions_are_answered_and_callbacks_get_what_happens', async () => {
  const [ann, bob] = [await started('ann-3'), await started('bob-3')]
  bob.onQuery = (question) => question.tell === 'time' ? { message: Buffer.from('noon') } : undefined
  const answered = new Promise((resolve) => { ann.onAnswer = (message) => resolve(message.toString()) })
  await ann.query({ tell: 'time' })
  assert.equal(await answered, 'noon')
  const happened = []
  for (const name of ['onNat', 'onConnecting', 'onDisconnection', 'onDisconnect', 'onSyncStart', 'onSync', 'onSyncEnd', 'onLimit', 'onWarn', 'onClose']) {
    ann[name] = (...args) => happened.push([name, args.find((each) => each?.code ?? each?.peerId ?? each)])
  }
  tell(ann.peerId, { event: 'connecting', step: 0.5, status: 'looking' })
  tell(ann.peerId, { event: 'disconnection', peer: bob.peerId, address: bob.address, port: bob.port, nat: 'UNRESTRICTED', indexed: false, via: 'direct', proxy: null, key: null })
  tell(ann.peerId, { event: 'limited', address: '10.0.0.1', port: 5 })
  tell(ann.peerId, { event: 'lost', count: 2 })
  await ann.sync(bob.peerId)
  await ann.requestReflection()
  await new Promise((resolve) => setImmediate(resolve))
  assert.deepEqual(happened.map(([name]) => name).sort(), ['onConnecting', 'onDisconnect', 'onDisconnection', 'onLimit', 'onNat', 'onSync', 'onSyncEnd', 'onSyncStart', 'onWarn'])
  assert.equal(happened.find(([name]) => name === 'onDisconnect')[1], ann.getPeer(bob.peerId), 'the peer itself, no list')
  assert.deepEqual([ann.natType, ann.address], [7, '203.0.113.7'])
  await ann.shutdown()
  assert.equal(happened.at(-1)[0], 'onClose')
  await assert.rejects(ann.query({}), { code: 'ERR_RELAY_NO_PEER' })
})

test('both_shapes_of_the_constructor_work_and_peers_become_bootstraps', async () => {
  const dgram = { createSocket () { throw new Error('nobody needs it') } }
  const Wrapped = streamRelay.wrap(dgram)
  const peerId = await random()
  const bootstrap = new streamRelay.RemotePeer({ peerId: await random(), address: '127.0.0.1', port: 9777, indexed: true })
  const peer = new Wrapped({ peerId, clusterId: Buffer.from('TEST'), port: 4000, probeInternalPort: 4001, keepalive: 5000, peers: [bootstrap] })
  let isReady = false
  await peer.init(() => { isReady = true })
  await new Promise((resolve) => setImmediate(resolve))
  const { params } = calls.findLast(({ command }) => command === 'open')
  assert.deepEqual([params.cluster, params.port, params.probePort, params.keepalive, isReady], ['54455354', 4000, 4001, 5000, true])
  assert.deepEqual(params.bootstraps, [{ peerId: bootstrap.peerId, address: '127.0.0.1', port: 9777, indexed: true }])
  assert.ok(peer.encryption instanceof streamRelay.Encryption)
  const again = new Peer(peer.getState(), dgram)
  assert.deepEqual([again.peerId, again.peers[0].port, again.config.keepalive], [peerId, 9777, 5000])
  const indexed = new Wrapped({ peerId: await random(), indexed: true, natType: 31, address: '127.0.0.1', port: 4002, peers: [] })
  await indexed.init()
  const { params: other } = calls.findLast(({ command }) => command === 'open')
  assert.deepEqual([other.indexed, other.public, other.bootstraps], [true, { address: '127.0.0.1', port: 4002 }, []])
})

test('a_configuration_that_makes_no_peer_is_refused', async () => {
  assert.throws(() => new Peer({ peerId: 'short', clusterId: Buffer.from('x') }), { code: 'ERR_INVALID_ARG_VALUE' })
  assert.throws(() => new Peer({ peerId: 'ab'.repeat(32) }), { code: 'ERR_INVALID_ARG_TYPE' })
  assert.throws(() => new Peer({ clusterId: Buffer.alloc(33) }), { code: 'ERR_INVALID_ARG_VALUE' })
  assert.throws(() => new RemotePeer({}), TypeError)
  assert.throws(() => new RemotePeer({ peerId: 'x', natType: 3 }), TypeError)
  const peer = new Peer({ clusterId: 'x' })
  assert.throws(() => peer.send(), { code: 'ERR_NOT_SUPPORTED' })
  await assert.rejects(peer.sync('x'), { code: 'ERR_RELAY_NO_PEER' })
})

test('closing_detaches_and_reconnecting_joins_again', async () => {
  const sharedKey = await Encryption.createSharedKey('again')
  const peer = await started('closing')
  await peer.join(sharedKey)
  await peer.close()
  assert.ok(peers.get(peer.peerId).isOpen, 'the peer relays on')
  let closed = 0
  peer.onClose = () => { closed += 1 }
  await peer.close()
  assert.equal(closed, 0)
  calls.length = 0
  await peer.reconnect()
  assert.deepEqual(calls.map(({ command }) => command), ['open', 'join'])
})

test('packets_of_an_older_state_are_put_back_on_the_network', async () => {
  const packet = new packets.PacketPublish({ message: Buffer.from('kept'), packetId: Buffer.alloc(32, 5) })
  const peer = new Peer({ config: { peerId: await random(), clusterId: 'x' }, data: [['05'.repeat(32), packet]], unpublished: {} })
  calls.length = 0
  await peer.init()
  const { body } = calls.find(({ command }) => command === 'inject')
  assert.equal(hex(body.subarray(4)), hex(await Packet.encode(packet)))
  assert.equal(body.readUInt32BE(), body.length - 4)
})

test('keys_seal_open_and_sign', async () => {
  const keys = await Encryption.createKeyPair('seed')
  assert.deepEqual([keys.publicKey.constructor.name, keys.publicKey.length, keys.privateKey.length], ['Uint8Array', 32, 64])
  const encryption = new Encryption()
  const sealed = encryption.seal('text', keys)
  const id = Buffer.from(keys.publicKey).toString('base64')
  assert.ok(encryption.has(id) && encryption.has(keys.publicKey))
  assert.equal(encryption.open(sealed, id).toString(), 'text')
  assert.equal(encryption.openMessage(encryption.sealMessage('x', keys.publicKey), keys).toString(), 'x')
  assert.equal(encryption.openMessage(encryption.openUnsigned(encryption.sealUnsigned('y', keys), id), id).toString(), 'y')
  encryption.remove(keys.publicKey)
  assert.throws(() => encryption.open(sealed, id), { code: 'ENOKEY' })
  const other = await Encryption.createKeyPair()
  assert.throws(() => encryption.open(sealed, other), { code: 'ERR_CRYPTO_OPEN' })
  const message = Buffer.alloc(70, 1)
  const signature = Encryption.sign(message, keys.privateKey)
  assert.equal(Encryption.verify(message, signature, keys.publicKey), true)
  assert.equal(Encryption.verify(Buffer.alloc(70, 2), signature, keys.publicKey), false)
  assert.equal(Encryption.verify(message, signature.subarray(1), keys.publicKey), false)
})

test('a_hook_that_is_never_called_warns_once_however_it_is_set', async (context) => {
  const warnings = []
  context.mock.method(console, 'warn', (text) => warnings.push(text))
  const [one, other] = [await peerOf(), await peerOf()]
  one.firewall = () => true
  other.firewall = () => false
  one.onMulticast = null
  assert.equal(typeof one.firewall, 'function', 'what is set can be read')
  assert.equal(Object.keys(other).includes('onSend'), false)
  class Watched extends streamRelay.Peer {
    onSend () {}
    onIntro = () => {}
  }
  const watched = new Watched({ peerId: await random(), clusterId: Buffer.from('TEST') })
  await watched.init()
  await watched.close()
  await watched.init()
  const named = warnings.map((text) => /hook '(\w+)' of a peer is never called/.exec(text)?.[1])
  assert.deepEqual(named, ['firewall', 'onSend', 'onIntro'])
})

const peerOf = async () => new streamRelay.Peer({ peerId: await random(), clusterId: Buffer.from('TEST') })
