/** `socket:peer`, the oldest interface to the network, and `socket:crypto`. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import './loader.mjs'
import { calls } from './fake-relay.mjs'

const { Peer, sha256 } = await import('socket:peer')
const crypto = await import('socket:crypto')
const { Buffer } = await import('socket:buffer')

test('the_oldest_example_runs_as_it_is_written', async () => {
  const { publicKey, privateKey } = await Peer.createKeys()
  const other = new Peer({ publicKey, privateKey, peerId: await sha256('other') })
  const heard = new Promise((resolve) => { other.onPacket = (...args) => resolve(args) })
  await other.init()
  await other.publish({ clusterId: 'greetings', message: 'I listen to this cluster, too' })

  const peer = new Peer({ publicKey, privateKey })
  peer.onPacket = () => {}
  peer.init()
  peer.publish({ clusterId: 'greetings', message: 'hello, world' })

  let [packet, port, address] = await heard
  if (packet.message.toString() !== 'hello, world') {
    ;[packet, port, address] = await new Promise((resolve) => { other.onPacket = (...args) => resolve(args) })
  }
  assert.equal(packet.message.toString(), 'hello, world')
  assert.deepEqual([port, address], [peer.port, '127.0.0.1'])
  const { params } = calls.findLast(({ command }) => command === 'publish')
  assert.equal(params.cluster, await sha256('greetings'))
  assert.equal(params.key, Buffer.from(privateKey).subarray(0, 32).toString('hex'))
})

test('named_messages_reach_listeners_of_the_name', async () => {
  const keys = await Peer.createKeys()
  const clusterId = await Peer.createClusterId()
  const one = new Peer({ ...keys, clusterId, peerId: await sha256('one') })
  const two = new Peer({ ...keys, publicKey: keys.publicKey.buffer, clusterId, peerId: await sha256('two') })
  await Promise.all([one.join(), two.join()])
  const heard = new Promise((resolve) => two.on('greeting', (...args) => resolve(args)))
  await one.emit('greeting', { english: 'hello, world' })
  const [value, address, port] = await heard
  assert.deepEqual([JSON.parse(value), address, port], [{ english: 'hello, world' }, one.address, one.port])
  assert.equal(calls.find(({ command, params }) => command === 'join' && params.cluster === clusterId) !== undefined, true)
  await two.close()
})

test('wrong_keys_are_refused', () => {
  assert.throws(() => new Peer(), { code: 'ERR_INVALID_ARG_TYPE' })
  assert.throws(() => new Peer({ publicKey: new Uint8Array(32) }), { code: 'ERR_INVALID_ARG_TYPE' })
})

test('random_bytes_digests_and_hashes', async () => {
  const { createDigest, getRandomValues, murmur3, rand64, randomBytes, RANDOM_BYTES_QUOTA } = crypto
  assert.equal(randomBytes(0).length, 0)
  assert.equal(randomBytes(RANDOM_BYTES_QUOTA + 1).length, RANDOM_BYTES_QUOTA + 1)
  assert.notEqual(randomBytes(32).toString('hex'), randomBytes(32).toString('hex'))
  for (const size of [-1, 1.5, 2 ** 48]) assert.throws(() => randomBytes(size), { code: 'ERR_OUT_OF_RANGE' })
  assert.equal(typeof rand64(), 'bigint')
  assert.equal(getRandomValues(new Uint8Array(4)).length, 4)
  assert.equal((await createDigest('SHA-256', Buffer.from('abc'))).toString('hex').slice(0, 8), 'ba7816bf')
  // Values of the reference implementation of MurmurHash3.
  for (const [text, seed, hash] of [['', 0, 0], ['', 1, 0x514e28b7], ['test', 0, 0xba6bd213], ['Hello, world!', 0, 0xc0363e43], ['The quick brown fox jumps over the lazy dog', 0x9747b28c, 0x2fa826cd]]) {
    assert.equal(murmur3(text, seed), hash, text)
  }
})

test('sodium_has_what_the_network_needs_and_says_what_it_lacks', async () => {
  const { sodium } = crypto
  await sodium.ready
  const { publicKey, privateKey } = sodium.crypto_sign_seed_keypair(new Uint8Array(32).fill(7))
  assert.equal(Buffer.from(publicKey).toString('hex').slice(0, 8), 'ea4a6c63')
  const message = Buffer.from('message')
  const signature = sodium.crypto_sign_detached(message, privateKey)
  assert.ok(sodium.crypto_sign_verify_detached(signature, message, publicKey))
  assert.ok(!sodium.crypto_sign_verify_detached(signature, Buffer.from('massage'), publicKey))
  assert.equal(sodium.crypto_generichash(32, message).length, 32)
  assert.equal(sodium.randombytes_buf(5).length, 5)
  assert.throws(() => sodium.crypto_secretbox_easy(), { code: 'ERR_NOT_SUPPORTED' })
  assert.equal(sodium.then, undefined)
})
