/** What the chat example promises: order, receipts, and that nothing said is lost. */
import assert from 'node:assert/strict'
import fs from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import './loader.mjs'
import './fake-relay.mjs'

import { History, compare } from '../../examples/chat/src/history.js'
import { Profile, fromHex, toHex } from '../../examples/chat/src/profile.js'
import { Room } from '../../examples/chat/src/room.js'
import { hue, initials, isBig, makeSecret, roomName } from '../../examples/chat/src/words.js'

const { network, Encryption } = await import('socket:network')

const folder = await fs.mkdtemp(path.join(os.tmpdir(), 'chat-test-'))
process.on('exit', () => import('node:fs').then((each) => each.rmSync(folder, { recursive: true, force: true })))

/** Somebody in a room, with a file of their own. */
async function somebody (name, secret, options = {}) {
  const keys = options.keys ?? await Encryption.createKeyPair()
  const socket = await network({ peerId: options.peerId ?? await Encryption.createId(), clusterId: 'chat', signingKeys: keys })
  const subcluster = await socket.subcluster({ sharedKey: await Encryption.createSharedKey(secret) })
  const history = new History(fs, options.file ?? path.join(folder, `${name}.jsonl`))
  await history.read()
  const room = new Room(subcluster, history, { name, key: toHex(keys.publicKey) })
  return { room, history, keys, socket, subcluster, name }
}

const texts = ({ history }) => history.messages.map(({ text }) => text)
const next = (room, type) => new Promise((resolve) => room.addEventListener(type, ({ detail }) => resolve(detail), { once: true }))
const settled = () => new Promise((resolve) => setTimeout(resolve, 20))

test('two_people_find_each_other_talk_and_read', async () => {
  const [ann, bob] = [await somebody('Ann', 'talk'), await somebody('Bob', 'talk')]
  await ann.room.open()
  const met = next(ann.room, 'people')
  await bob.room.open()
  await met
  await settled()
  assert.deepEqual(ann.room.present.map(({ name }) => name), ['Bob'])
  assert.deepEqual(bob.room.present.map(({ name }) => name), ['Ann'])
  const heard = next(bob.room, 'message')
  await ann.room.say('hello')
  const { message, isOwn } = await heard
  assert.deepEqual([message.text, message.name, isOwn], ['hello', 'Ann', false])
  const read = next(ann.room, 'status')
  await bob.room.seen([message.id])
  await read
  assert.deepEqual([...ann.room.seenBy.get(message.id)], [toHex(bob.keys.publicKey)])
  const typed = next(ann.room, 'typing')
  await bob.room.typing()
  await typed
  await bob.room.say('hi')
  await settled()
  assert.deepEqual([texts(ann), texts(bob)], [['hello', 'hi'], ['hello', 'hi']])
  assert.equal(ann.history.last.previous, message.id, 'an answer follows what was said')
  await ann.room.rename('Anna')
  await settled()
  assert.deepEqual(bob.room.present.map(({ name }) => name), ['Anna'])
})

test('who_comes_back_reads_what_was_missed_and_keeps_it', async () => {
  const ann = await somebody('Ann2', 'back')
  const bob = await somebody('Bob2', 'back')
  await ann.room.open()
  await bob.room.open()
  await settled()
  await ann.room.say('one')
  await settled()
  await bob.history.saved()
  await bob.socket.close()
  await ann.room.say('two')
  const again = await somebody('Bob2', 'back', { keys: bob.keys, peerId: bob.socket.peerId })
  assert.deepEqual(texts(again), ['one'], 'from the file')
  await again.room.open()
  await settled()
  assert.deepEqual(texts(again), ['one', 'two'], 'and from the network')
  await again.history.saved()
  const lines = (await fs.readFile(path.join(folder, 'Bob2.jsonl'), 'utf8')).trim().split('\n')
  assert.deepEqual(lines.map((line) => JSON.parse(line).text), ['one', 'two'])
})

test('what_nobody_signed_is_not_shown', async () => {
  const ann = await somebody('Ann3', 'forged')
  const bob = await somebody('Bob3', 'forged')
  await ann.room.open()
  await bob.room.open()
  await settled()
  const { sha256 } = await import('socket:network')
  const usr1 = await sha256('message', { bytes: true })
  await bob.socket.peer.publish(bob.subcluster.sharedKey, { message: Buffer.from('{"text":"forged"}'), usr1, usr2: ann.keys.publicKey })
  await bob.subcluster.emit('message', 'not JSON')
  await bob.subcluster.emit('message', { text: 5 })
  await bob.subcluster.emit('hello', null)
  await bob.subcluster.emit('seen', { ids: 'x' })
  await settled()
  assert.deepEqual(texts(ann), [])
})

test('the_order_is_the_same_whatever_came_first', () => {
  const list = [
    { id: 'a', clock: 1, at: 5 }, { id: 'c', clock: 2, at: 4 }, { id: 'b', clock: 2, at: 3 }, { id: 'd', clock: 2, at: 4 }
  ]
  assert.deepEqual([...list].reverse().sort(compare).map(({ id }) => id), ['a', 'b', 'c', 'd'])
})

test('a_file_with_a_torn_line_is_read_without_it', async () => {
  const file = path.join(folder, 'torn.jsonl')
  await fs.writeFile(file, '{"id":"a","clock":1,"at":1,"text":"x"}\n{"id":"b","clo')
  const history = new History(fs, file)
  await history.read()
  assert.deepEqual(history.messages.map(({ id }) => id), ['a'])
  assert.ok(history.add({ id: 'c', clock: 2, at: 2, text: 'y' }))
  assert.ok(!history.add({ id: 'c', clock: 2, at: 2, text: 'y' }))
  await history.saved()
  const again = new History(fs, file)
  await again.read()
  assert.deepEqual(again.messages.map(({ id }) => id), ['a', 'c'], 'what was added after a torn line is not torn with it')
})

test('a_profile_is_kept_for_its_owner_alone', async () => {
  const profile = new Profile(fs, path.join(folder, 'profile'))
  assert.equal(await profile.read(), null)
  const made = { name: 'Ann', room: 'x', peerId: 'ab', keys: { publicKey: Uint8Array.of(1, 2), privateKey: Uint8Array.of(255) } }
  await profile.write(made)
  assert.deepEqual(await profile.read(), made)
  assert.equal((await fs.stat(path.join(folder, 'profile', 'profile.json'))).mode & 0o777, 0o600)
  assert.deepEqual(fromHex(toHex(Uint8Array.of(0, 16, 255))), Uint8Array.of(0, 16, 255))
})

test('secrets_faces_and_names', () => {
  assert.match(makeSecret(), /^[a-z]+(-[a-z]+){4}$/)
  assert.notEqual(makeSecret(), makeSecret())
  assert.deepEqual([roomName('willow-x-y'), roomName('my room')], ['Willow', 'My'])
  assert.deepEqual([initials('Ann'), initials('Ann van Dyke'), initials(' ')], ['A', 'AD', '?'])
  assert.ok(hue('ff00ff00aa') < 360)
  assert.deepEqual(['👍', '👍🏽 🎉', 'ok 👍', '5'].map(isBig), [true, true, false, false])
})

test('a_name_taken_at_the_start_is_not_undone_by_what_one_said_before', async () => {
  const file = path.join(folder, 'renamed.jsonl')
  const bob = await somebody('Bob', 'renamed', { file })
  await bob.room.open()
  const said = next(bob.room, 'message')
  await bob.room.say('as Bob')
  await said
  await bob.socket.close()
  const again = await somebody('Robert', 'renamed', { file, keys: bob.keys })
  await again.room.open()
  assert.equal(again.room.people.get(toHex(bob.keys.publicKey)).name, 'Robert')
})
