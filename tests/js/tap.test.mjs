import assert from 'node:assert/strict'
import test from 'node:test'
import { override } from './loader.mjs'

override({ 'socket:ipc': new URL('./fake-ipc.mjs', import.meta.url).href })
globalThis.__args = { ...(await import('./fake-session.mjs')).bootstrap, test: 'tests.js', env: { SOCKET_TEST_RUNNER_TIMEOUT: '0' } }
const ipc = await import('socket:ipc')
const tap = await import('socket:test')

/** Runs tests on a runner of their own and gives its lines and result. */
async function report (add) {
  const lines = []
  const runner = new tap.TestRunner((line) => lines.push(line))
  const finished = new Promise((resolve) => runner.onFinish(resolve))
  add(runner)
  return { result: await finished, lines, text: lines.join('\n') }
}

test('assertions that hold are reported in TAP 13', async () => {
  const { result, lines } = await report((runner) => {
    runner.add('first', (t) => {
      t.plan(3)
      t.equal(1, '1', 'loosely equal')
      t.deepEqual({ a: [1] }, { a: [1] })
      t.throws(() => { throw new TypeError('boom') }, /boom/, 'throws')
    })
    runner.add('second', async (t) => {
      t.comment('a comment')
      await t.rejects(async () => { throw new TypeError('boom') }, TypeError)
      t.notOk(0, 'a # in a description')
    })
  })
  assert.deepEqual(lines, [
    'TAP version 13', '# first', 'ok 1 loosely equal', 'ok 2 should be equivalent', 'ok 3 throws',
    '# second', '# a comment', 'ok 4 should reject', 'ok 5 a \\# in a description', '', '1..5', '# tests 5', '# pass  5', '', '# ok'
  ])
  assert.deepEqual(result, { total: 5, success: 5, fail: 0 })
})

test('what fails is explained, and the other tests still run', async () => {
  const { result, text } = await report((runner) => {
    runner.add('unequal', (t) => t.deepEqual({ a: 1 }, { a: 2 }, 'same'))
    runner.add('throws', () => { throw new Error('boom') })
    runner.add('plans', (t) => { t.plan(2); t.ok(true) })
    runner.add('goes on', (t) => t.pass())
  })
  assert.deepEqual(result, { total: 5, success: 2, fail: 3 })
  assert.match(text, /not ok 1 same\n {2}---\n {4}operator: deepEqual\n {4}expected: \{ a: 2 \}\n {4}actual: {3}\{ a: 1 \}\n/)
  assert.match(text, /not ok 2 boom\n/)
  assert.match(text, /not ok 4 planned 2 assertions and made 1\n/)
  assert.match(text, /ok 5 pass called\n/)
})

test('only leaves the others out, and strict asks for messages', async () => {
  const { result } = await report((runner) => {
    runner.add('left out', (t) => t.fail())
    runner.add('alone', (t) => t.pass('yes'), true)
  })
  assert.deepEqual(result, { total: 1, success: 1, fail: 0 })
  const strict = await report((runner) => {
    runner.strict = true
    runner.add('strict', (t) => t.ok(true))
  })
  assert.match(strict.text, /not ok 1 an assertion of this test needs a message/)
})

test('a harness is set up before each test and closed behind it', async () => {
  const { TapeHarness } = await import('socket:test/harness')
  const log = []
  class Harness {
    async bootstrap () { log.push('bootstrap') }
    async close () { log.push('close') }
  }
  const { result } = await report((runner) => {
    const add = (name, fn) => runner.add(name, fn)
    new TapeHarness({ test: add, only: add, skip () {} }, Harness).test('uses it', (harness, t) => {
      log.push('body')
      t.ok(harness instanceof Harness)
    })
  })
  assert.deepEqual([result.success, log], [1, ['bootstrap', 'body', 'close']])
})

test('the global runner tells the app its result', async () => {
  const { log } = console
  console.log = () => {}
  const told = new Promise((resolve) => ipc.replies.set('test.finish', resolve))
  tap.default('global', (t) => {
    t.pass()
    t.fail()
  })
  tap.skip('skipped', (t) => t.fail())
  assert.deepEqual(await told, { passed: 1, failed: 1, total: 2 })
  console.log = log
})
