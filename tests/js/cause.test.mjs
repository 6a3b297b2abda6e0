/** Causes: what a call goes back to, and how long an event or an answer is being dealt with. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import './loader.mjs'
import { answers } from './fake-native.mjs'

/** The cause of each call that was sent, by command. */
const sent = []
const native = globalThis.fetch
globalThis.fetch = (url, options) => {
  sent.push(options.headers['x-cause'])
  return native(url, options)
}
const NativeRequest = globalThis.XMLHttpRequest
globalThis.XMLHttpRequest = class extends NativeRequest {
  setRequestHeader (name, value) {
    if (name === 'x-cause') sent.push(value)
    super.setRequestHeader(name, value)
  }
}
globalThis.dispatchEvent = (event) => target.dispatchEvent(event)

const target = new EventTarget()
const preload = { cause: { current: null }, flush: () => {} }
globalThis[Symbol.for('socket.runtime.preload')] = preload

const { currentCause, freshCause, HOPS_MAX, withCause } = await import('socket:internal/cause')
const { call, callSync } = await import('socket:internal/transport')
const { dispatchEvents } = await import('socket:internal/poll')
const fs = await import('socket:fs/promises')
const { subscribe, unsubscribe } = await import('socket:diagnostics')

const GIVEN = '0123456789abcdef0123456789abcdef'
const nextTask = () => new Promise((resolve) => setTimeout(resolve))
answers.ping = () => null
answers.fails = () => { throw Object.assign(new Error('no'), { code: 'ENOENT' }) }

/** The causes of the calls that were sent while a function ran. */
async function causesOf (run) {
  await nextTask()
  sent.length = 0
  await run()
  return [...sent]
}

test('causes_are_32_digits_and_never_the_same', () => {
  const made = Array.from({ length: 1000 }, freshCause)
  assert.equal(new Set(made).size, 1000)
  for (const cause of made) assert.match(cause, /^[0-9a-f]{32}$/)
})

test('calls_that_nothing_led_to_have_causes_of_their_own', async () => {
  const causes = await causesOf(async () => {
    call('ping')
    call('ping')
    callSync('ping')
    await nextTask()
    await call('ping')
  })
  assert.equal(new Set(causes).size, 4)
})

test('calls_within_an_event_go_back_to_its_cause', async () => {
  target.addEventListener('file', () => { call('ping'); callSync('ping') })
  const causes = await causesOf(async () => {
    dispatchEvents([{ event: 'file', data: 1, cause: GIVEN }, { event: 'other', data: 1, cause: 'f'.repeat(32) }])
    call('ping')
  })
  assert.deepEqual(causes.slice(0, 2), [GIVEN, GIVEN])
  assert.notEqual(causes[2], GIVEN)
})

test('a_listener_that_throws_leaves_no_cause_behind', () => {
  assert.throws(() => withCause(GIVEN, () => { throw new Error('mine') }), /mine/)
  assert.equal(currentCause(), null)
})

test('what_waits_for_an_answer_goes_back_to_the_cause_of_the_call', async () => {
  const causes = await causesOf(async () => {
    await fs.writeFile('cause.txt', 'a')
    await fs.readFile('cause.txt')
    await fs.stat('cause.txt').then(() => call('ping'))
    await nextTask()
    await call('ping')
  })
  assert.equal(new Set(causes.slice(0, -1)).size, 1, causes.join('\n'))
  assert.notEqual(causes.at(-1), causes[0])
})

test('an_answer_is_dealt_with_before_the_next_task_begins', async () => {
  const seen = await new Promise((resolve) => {
    call('ping').then(() => setTimeout(() => resolve(currentCause())))
  })
  assert.equal(seen, null)
  await call('ping')
  assert.notEqual(currentCause(), null)
  for (let hop = 0; hop < HOPS_MAX; hop++) await null
  assert.equal(currentCause(), null)
})

test('a_cause_that_a_page_has_spoilt_is_not_sent', async () => {
  for (const spoilt of ['x\r\ny: z', 7, {}, '0'.repeat(32), 'F'.repeat(32)]) {
    preload.cause.current = spoilt
    const [cause] = await causesOf(() => call('ping'))
    preload.cause.current = null
    assert.match(cause, /^[0-9a-f]{32}$/)
    assert.notEqual(cause, '0'.repeat(32))
  }
})

test('ended_calls_are_told_on_a_channel', async () => {
  const told = []
  const tell = (ended) => told.push(ended)
  subscribe('runtime.call', tell)
  const causes = await causesOf(async () => {
    await call('ping')
    await nextTask()
    await call('fails')
    callSync('ping')
    await call('event.next', {}, { ungated: true })
  })
  unsubscribe('runtime.call', tell)
  await call('ping')
  assert.deepEqual(told.map(({ name }) => name), ['ping', 'fails', 'ping'])
  assert.deepEqual(told.map(({ cause }) => cause), causes.slice(0, 3))
  assert.deepEqual(told.map(({ error }) => error?.code), [undefined, 'ENOENT', undefined])
  for (const { duration } of told) assert.ok(duration >= 0)
})
