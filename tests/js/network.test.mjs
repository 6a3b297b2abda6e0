/** `socket:network`: buses, subclusters, causal order. */
import assert from 'node:assert/strict'
import { mock, test } from 'node:test'
import './loader.mjs'
import { calls, neighbour, peers, tell } from './fake-relay.mjs'
import { mockTimers } from './old-node.mjs'

const { default: open, network, Encryption, Packet, Cache, NAT, sha256 } = await import('socket:network')
const { ASK_MS, ASKS_MAX, CausalOrder, HELD_MAX } = await import('socket:internal/relay/causal')
const { Buffer } = await import('socket:buffer')

/** Resolves with the arguments of the next call of a listener, or of `count` calls. */
function heard (emitter, name, count = 1, options) {
  const list = []
  return new Promise((resolve) => emitter.on(name, (...args) => list.push(args) === count && resolve(count === 1 ? args : list), options))
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 5))

async function bus (options = {}) {
  const signingKeys = await Encryption.createKeyPair()
  return network({ peerId: await Encryption.createId(), clusterId: await Encryption.createClusterId('TEST'), signingKeys, ...options })
}

test('what_a_message_follows_is_a_packet_or_its_id', async () => {
  const cats = await (await bus()).subcluster({ sharedKey: await Encryption.createSharedKey('TEST') })
  const [first] = await cats.emit('mew', 'one')
  const [second] = await cats.emit('mew', 'two', { packet: first.packetId.toString('hex') })
  assert.equal(second.previousId.toString('hex'), first.packetId.toString('hex'))
  for (const packet of ['zz', 'abcd', 5, {}, true]) {
    await assert.rejects(cats.emit('mew', 'no', { packet }), ({ code }) => /^ERR_INVALID_ARG/.test(code), String(packet))
  }
})

test('a_key_that_is_none_says_how_one_is_made', async () => {
  const socket = await bus()
  for (const sharedKey of [new Uint8Array(5), 'our secret', new Uint8Array(64)]) {
    await assert.rejects(socket.subcluster({ sharedKey }), { code: 'ERR_INVALID_ARG_VALUE', message: /options\.sharedKey.*32 bytes.*createSharedKey/s })
  }
})

test('messages_of_one_event_are_found_behind_any_number_of_others', async () => {
  const cats = await (await bus()).subcluster({ sharedKey: await Encryption.createSharedKey('TEST') })
  await cats.emit('rare', 'here')
  for (let at = 0; at < 5; at += 1) await cats.emit('often', String(at))
  const found = await cats.messages('rare', { count: 2 })
  assert.deepEqual(found.map(({ value }) => String(value)), ['here'])
})

test('the_guide_runs_as_it_is_written', async () => {
  const peerId = await Encryption.createId()
  const signingKeys = await Encryption.createKeyPair()
  const clusterId = await Encryption.createClusterId('TEST')
  const sharedKey = await Encryption.createSharedKey('TEST')
  const socket = await network({ peerId, clusterId, signingKeys })
  socket.on('#ready', () => {})
  const cats = await socket.subcluster({ sharedKey })
  const other = await bus()
  const theirs = await other.subcluster({ sharedKey })
  const joined = heard(cats, '#join')
  const mewed = heard(theirs, 'mew')
  const own = heard(cats, 'mew')
  const [member] = await joined
  const greeted = heard(theirs, 'greeting')
  const [packet] = await cats.emit('mew', { food: true })
  const [value, received] = await mewed
  assert.ok(Buffer.isBuffer(value))
  assert.deepEqual(JSON.parse(value), { food: true })
  assert.deepEqual([received.verified, received.verification, received.packetId.toString('hex')], [true, 'full', packet.packetId.toString('hex')])
  assert.equal(received.usr1.toString('hex'), await sha256('mew'))
  assert.deepEqual(received.usr2, Buffer.from(signingKeys.publicKey))
  assert.deepEqual(JSON.parse((await own)[0]), { food: true }, 'a publisher hears itself')
  assert.deepEqual([member.peerId, member.address], [other.peerId, '127.0.0.1'])
  await member.emit('greeting', 'you alone')
  assert.equal((await greeted)[0].toString(), 'you alone')
  assert.equal(cats.peerId, peerId)
  assert.equal(typeof cats.subclusterId.toString('base64'), 'string')
})

test('the_module_exports_what_socket_runtime_does', () => {
  assert.ok([network, open, Packet, Cache, sha256, NAT.isValid, Encryption.createSubclusterId].every((each) => typeof each === 'function'))
  assert.equal(open, network)
})

test('a_peer_has_the_same_key_whenever_it_comes_back', async () => {
  const signingKeys = await Encryption.createKeyPair()
  const first = await bus({ signingKeys })
  const seeds = () => calls.filter(({ command }) => command === 'open').slice(-2).map(({ params }) => params.seed)
  await bus({ signingKeys, peerId: first.peerId })
  const [one, two] = seeds()
  assert.equal(one, two)
  assert.match(one, /^[0-9a-f]{64}$/)
  assert.equal(first.state().config.seed, undefined, 'no secret is in what apps store')
  await bus()
  assert.notEqual(seeds()[1], one)
})

test('a_page_may_have_several_buses_and_each_hears_its_own', async () => {
  const [ann, bob] = [await bus(), await bus({ clusterId: Buffer.from('OTHER') })]
  assert.notEqual(ann, bob)
  const sharedKey = await Encryption.createSharedKey('several')
  const [a, b] = [await ann.subcluster({ sharedKey }), await bob.subcluster({ sharedKey })]
  let wrong = 0
  b.on('note', () => { wrong += 1 })
  const own = heard(a, 'note')
  await settled()
  await a.emit('note', 'for one cluster')
  await own
  assert.equal(wrong, 0)
  assert.equal(await ann.subcluster({ sharedKey }), a, 'one subcluster for one key')
})

test('two_buses_of_one_peer_hear_each_other_once', async () => {
  const peerId = await Encryption.createId()
  const [one, two] = [await bus({ peerId }), await bus({ peerId })]
  const sharedKey = await Encryption.createSharedKey('same peer')
  const [a, b] = [await one.subcluster({ sharedKey }), await two.subcluster({ sharedKey })]
  await settled()
  const list = []
  a.on('x', (value) => list.push(`a ${value}`))
  b.on('x', (value) => list.push(`b ${value}`))
  await a.emit('x', '1')
  await settled()
  assert.deepEqual(list.sort(), ['a 1', 'b 1'])
})

test('peers_that_leave_are_told_with_the_peer', async () => {
  const [ann, bob] = [await bus(), await bus()]
  const sharedKey = await Encryption.createSharedKey('leaving')
  const room = await ann.subcluster({ sharedKey })
  const joined = heard(room, '#join')
  await bob.subcluster({ sharedKey })
  await joined
  const [left, gone] = [heard(room, '#leave'), heard(ann, '#disconnection')]
  tell(ann.peerId, { event: 'disconnection', ...neighbour(peers.get(bob.peerId)) })
  assert.equal((await left)[0].peerId, bob.peerId)
  assert.equal((await gone)[0].peerId, bob.peerId)
  assert.equal(room.peers.size, 0)
  tell(ann.peerId, { event: 'disconnection', ...neighbour(peers.get(bob.peerId)) })
})

test('streams_reach_every_peer_and_stay_whole', async () => {
  const buses = [await bus(), await bus(), await bus()]
  const sharedKey = await Encryption.createSharedKey('streams')
  const [a, b, c] = await Promise.all(buses.map((each) => each.subcluster({ sharedKey })))
  await heard(a, '#join', 2)
  const both = Promise.all([heard(b, 's'), heard(c, 's')])
  await a.stream('s', { n: 1 })
  for (const [value, packet] of await both) {
    assert.deepEqual(JSON.parse(value), { n: 1 })
    assert.equal(packet.streamFrom, buses[0].peerId)
  }
  const [member] = [...b.peers.values()].filter(({ peerId }) => peerId === buses[0].peerId)
  const direct = heard(member, 's2')
  await a.stream('s2', 'x')
  assert.equal((await direct)[0].toString(), 'x', 'the peer in the subcluster emits it, too')
  const published = heard(member, 's3')
  await a.emit('s3', 'y')
  assert.equal((await published)[0].toString(), 'y', 'and what the same key signed')
})

test('a_listener_that_is_not_awaited_misses_nothing', async () => {
  const ann = await bus()
  const room = await ann.subcluster({ sharedKey: await Encryption.createSharedKey('soon') })
  let count = 0
  room.on('a', () => { count += 1 })
  const listener = () => { count += 10 }
  room.on('b', listener)
  room.once('b', () => { count += 100 })
  await room.emit('a', '1')
  await room.emit('b', '1')
  await settled()
  assert.equal(count, 111)
  room.off('b', listener)
  await room.emit('b', '2')
  await settled()
  assert.equal(count, 111)
})

test('a_bus_with_a_key_of_its_own_sends_and_hears_by_itself', async () => {
  const sharedKey = await Encryption.createSharedKey('of the bus')
  const [ann, bob] = [await bus({ sharedKey }), await bus({ sharedKey })]
  const both = heard(bob, 'top')
  await settled()
  await ann.emit('top', 'level')
  assert.equal((await both)[0].toString(), 'level')
  await assert.rejects((await bus()).emit('top', 'x'), { code: 'ERR_INVALID_ARG_TYPE' })
})

test('what_is_wrong_is_said_at_once_and_by_type', async () => {
  const signingKeys = await Encryption.createKeyPair()
  await assert.rejects(network({ signingKeys }), { code: 'ERR_INVALID_ARG_TYPE' })
  await assert.rejects(network({ clusterId: 'x' }), { code: 'ERR_INVALID_ARG_TYPE' })
  await assert.rejects(network({ clusterId: 'x', signingKeys: {} }), { code: 'ERR_INVALID_ARG_TYPE' })
  await assert.rejects(network({ clusterId: 'x', signingKeys: { ...signingKeys, publicKey: new Uint8Array(3) } }), { code: 'ERR_INVALID_ARG_VALUE' })
  const ann = await bus()
  await assert.rejects(ann.subcluster({}), { code: 'ERR_INVALID_ARG_TYPE' })
  await assert.rejects(ann.subcluster({ sharedKey: new Uint8Array(3) }))
  const room = await ann.subcluster({ sharedKey: await Encryption.createSharedKey('wrong') })
  await assert.rejects(room.emit('', 'x'), { code: 'ERR_INVALID_ARG_VALUE' })
  await assert.rejects(room.emit(5, 'x'), { code: 'ERR_INVALID_ARG_TYPE' })
  await assert.rejects(room.emit('x', undefined), { code: 'ERR_INVALID_ARG_TYPE' })
  assert.throws(() => room.on('', () => {}), { code: 'ERR_INVALID_ARG_VALUE' })
  assert.throws(() => ann.on('x', () => {}, { order: 'causal' }), { code: 'ERR_INVALID_ARG_VALUE' })
  assert.throws(() => ann.on('x', () => {}, { order: 'sideways' }), /must be 'arrival' or 'causal'/)
  assert.throws(() => ann.send(), { code: 'ERR_NOT_SUPPORTED' })
})

test('a_bus_says_where_it_is_and_what_it_keeps', async () => {
  const ann = await bus()
  const ready = heard(ann, '#ready')
  const [info] = await ready
  assert.deepEqual(info, ann.address())
  assert.deepEqual(Object.keys(info), ['address', 'port', 'natType'])
  assert.equal(info.natType, 'UNRESTRICTED')
  const changed = heard(ann, '#network-change')
  await ann.reconnect()
  assert.deepEqual(await changed, [7])
  const room = await ann.subcluster({ sharedKey: await Encryption.createSharedKey('kept') })
  await room.emit('a', 'b')
  assert.deepEqual([ann.cacheSize(), ann.cacheBytes()], [1, 100])
  const keys = await Encryption.createKeyPair()
  assert.equal(ann.open(ann.seal('x', keys), keys).toString(), 'x')
  assert.equal(ann.openMessage(ann.sealMessage('y')).toString(), 'y')
  assert.equal(ann.state().config.peerId, ann.peerId)
  const again = await bus({ ...ann.state(), clusterId: undefined, peerId: undefined })
  assert.equal(again.peerId, ann.peerId)
  const [asked, answered] = [heard(again, '#query'), null]
  assert.equal(answered, null)
  const third = await bus()
  const answer = heard(third, '#answer')
  await third.query({ what: 1 })
  const [question, , , , reply] = await asked
  assert.deepEqual(question, { what: 1 })
  await reply('this')
  assert.equal((await answer)[0].toString(), 'this')
})

test('messages_that_came_without_a_page_are_in_the_cache', async () => {
  const [ann, bob] = [await bus(), await bus()]
  const sharedKey = await Encryption.createSharedKey('history')
  const room = await ann.subcluster({ sharedKey })
  await bob.subcluster({ sharedKey })
  await settled()
  const [first] = await room.emit('said', 'one')
  const [second] = await room.emit('said', 'two', { packet: first })
  await room.emit('other', 'three')
  const again = await (await bus({ peerId: bob.peerId })).subcluster({ sharedKey })
  const list = await again.messages('said')
  assert.deepEqual(list.map(({ value }) => value.toString()), ['one', 'two'])
  assert.equal((await again.messages()).length, 3)
  assert.equal((await again.previous(list[1])).value.toString(), 'one')
  assert.equal(await again.previous(list[0]), null)
  assert.deepEqual((await again.next(first.packetId)).map(({ value }) => value.toString()), ['two'])
  assert.equal((await again.get(second.packetId.toString('hex'))).value.toString(), 'two')
  assert.deepEqual([second.clock, second.previousId], [2, first.packetId])
})

test('causal_order_waits_for_what_a_message_follows_and_asks_for_it', async () => {
  const [ann, bob] = [await bus(), await bus()]
  const sharedKey = await Encryption.createSharedKey('causal')
  const [a, b] = [await ann.subcluster({ sharedKey }), await bob.subcluster({ sharedKey })]
  await settled()
  const atOnce = []
  b.on('said', (value) => atOnce.push(value.toString()))
  const ordered = heard(b, 'said', 3, { order: 'causal' })
  calls.length = 0
  const [first] = await a.emit('said', 'one')
  const [second] = await a.emit('said', 'two', { packet: first, meta: { lose: true } })
  await a.emit('said', 'three', { packet: second })
  assert.deepEqual((await ordered).map(([value]) => value.toString()), ['one', 'two', 'three'])
  const asked = calls.filter(({ command }) => command === 'query')
  assert.deepEqual(asked.map(({ params }) => params.wanted), [second.packetId.toString('hex')])
  assert.deepEqual(atOnce, ['one', 'three', 'two'], 'other listeners get them as they come, and each once')
})

/** An order over a source of lists; ids are single characters. */
function order (known = []) {
  const list = { delivered: [], asked: [], missing: [] }
  const source = {
    deliver: ({ message }) => list.delivered.push(message),
    has: async (id) => known.includes(id),
    ask: async (id) => { list.asked.push(id) },
    missing: (id) => list.missing.push(id)
  }
  return { ...list, causal: new CausalOrder(source) }
}

const id = (name) => Buffer.from(name.padStart(32, '.'))
const idHex = (name) => id(name).toString('hex')
const entry = (name, previous, clock = 1) => ({
  message: name, packet: { packetId: id(name), previousId: previous ? id(previous) : Buffer.from([0]), clock }
})
const turn = () => new Promise((resolve) => setImmediate(resolve))

test('causal_order_is_the_same_whatever_the_arrival_is', async () => {
  const chain = [entry('a'), entry('b', 'a', 2), entry('c', 'b', 3), entry('e', 'b', 3), entry('d', 'b', 4), entry('f', 'e', 4)]
  for (let seed = 1; seed < 50; seed++) {
    const { causal, delivered } = order()
    const shuffled = chain.map((each, at) => [(seed * (at + 7) * 2654435761) % 4093, each]).sort(([x], [y]) => x - y)
    for (const [, each] of shuffled) { causal.add(each); causal.add(each) }
    await turn()
    assert.equal(delivered.length, chain.length, `seed ${seed}`)
    for (const { message, packet } of chain) {
      const previous = chain.find((each) => each.packet.packetId.equals(packet.previousId))
      if (previous) assert.ok(delivered.indexOf(previous.message) < delivered.indexOf(message), `seed ${seed}`)
    }
    assert.equal(causal.held, 0)
    causal.close()
  }
})

test('causal_order_takes_what_was_there_before_as_delivered', async () => {
  const { causal, delivered, asked } = order([idHex('old')])
  causal.add(entry('new', 'old'))
  await turn()
  assert.deepEqual([delivered, asked], [['new'], []])
})

test('a_gap_that_nobody_can_fill_is_asked_for_and_then_given_up', async () => {
  mockTimers('setTimeout')
  const { causal, delivered, asked, missing } = order()
  causal.add(entry('b', 'a'))
  causal.add(entry('c', 'b'))
  for (let count = 0; count <= ASKS_MAX; count++) {
    await turn()
    mock.timers.tick(ASK_MS)
  }
  await turn()
  mock.timers.reset()
  assert.deepEqual(asked, Array(ASKS_MAX).fill(idHex('a')), 'b is held back itself and not asked for')
  assert.deepEqual([missing, delivered], [[idHex('a')], ['b', 'c']])
})

test('no_more_than_a_bounded_number_of_messages_is_held_back', async () => {
  const { causal, missing } = order()
  for (let count = 0; count < HELD_MAX + 10; count++) causal.add(entry(`n${count}`, `p${count}`))
  await turn()
  assert.deepEqual([causal.held, missing.length], [HELD_MAX, 10])
  causal.close()
})
