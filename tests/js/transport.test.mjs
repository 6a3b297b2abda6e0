/** How a top document sends calls: script messages for small ones, the scheme for binary. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import './loader.mjs'
import { seen } from './fake-native.mjs'
import { token } from './fake-session.mjs'

const messages = []
const flushed = []
const dispatched = []
let reply = () => '{"data":null}'

globalThis.top = globalThis
globalThis.document = {}
globalThis.dispatchEvent = (event) => dispatched.push(event)
globalThis[Symbol.for('socket.runtime.preload')] = { events: true, flush: () => flushed.push(messages.length) }
globalThis.webkit = {
  messageHandlers: { runtime: { postMessage: async (text) => { messages.push(JSON.parse(text)); return reply(messages.at(-1)) } } }
}

const { call } = await import('socket:internal/transport')
const { dispatchEvents, startEvents } = await import('socket:internal/poll')

test('a_small_call_is_one_script_message', async () => {
  reply = ({ params }) => JSON.stringify({ data: { got: params } })
  const { data } = await call('os.uname', { a: 'ü"\u2028' })
  assert.deepEqual(data, { got: { a: 'ü"\u2028' } })
  const { cause } = messages[0]
  assert.match(cause, /^[0-9a-f]{32}$/)
  assert.deepEqual(messages, [{ token, cause, command: 'os.uname', params: { a: 'ü"\u2028' } }])
  assert.deepEqual(flushed, [0])
  assert.deepEqual(seen.commands, [])
})

test('binary_either_way_goes_over_the_scheme', async () => {
  messages.length = 0
  await call('fs.readFile', { path: 'x' })
  await call('fs.write', { id: 'x' }, { body: new Uint8Array(1) })
  await call('other', {}, { binary: true })
  assert.deepEqual(seen.commands, ['fs.readFile', 'fs.write', 'other'])
  assert.deepEqual(messages, [])
})

test('a_call_without_an_answer_ends_at_its_deadline', async () => {
  reply = () => new Promise(() => {})
  const { err } = await call('slow', {}, { timeout: 20 })
  assert.deepEqual([err.name, err.code], ['TimeoutError', 'ERR_TIMEOUT'])
  assert.equal(messages.at(-1).params.timeout, 20)
  const controller = new AbortController()
  const pending = call('slow', {}, { signal: controller.signal })
  controller.abort()
  assert.equal((await pending).err.code, 'ABORT_ERR')
})

test('an_answer_that_makes_no_sense_is_an_error', async () => {
  reply = () => 'not json'
  const { err } = await call('odd')
  assert.deepEqual([err.name, err.code], ['InternalError', 'ERR_IPC_TRANSPORT'])
})

test('the_preload_alone_asks_for_events_in_the_top_document', async () => {
  messages.length = 0
  startEvents()
  assert.deepEqual(messages, [])
  dispatchEvents([{ event: 'a', data: 1 }, { event: 'b', data: { c: 2 } }])
  assert.deepEqual(dispatched.map(({ type, detail }) => [type, detail]), [['a', 1], ['b', { c: 2 }]])
})
