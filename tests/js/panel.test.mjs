/** The panel's model: rates, filter, order, queues by type, and how values are written. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'

const PANEL = new URL('../../src/ui/panel/', import.meta.url)
/** A module of the panel; Node knows its files as modules only by way of a URL of their text. */
const load = async (name) => import(`data:text/javascript,${encodeURIComponent(readFileSync(new URL(name, PANEL), 'utf8'))}`)
const { byType, recent, RECENT_MAX, visible, withRates } = await load('model.js')
const { count, doing, duration, NOTHING, rate, reasons, shortCause } = await load('format.js')

const actor = (name, more) => ({ name, kind: name, lane: 'core', state: 'running', depth: 0, oldest_ms: 0, handled: 0, current: null, current_ms: 0, jobs: 0, job: null, job_ms: 0, restarts: 0, lost: 0, ...more })
const names = (rows) => rows.map(({ name }) => name)

test('rates_come_from_two_snapshots', () => {
  const snapshot = (uptime, handled) => ({ app: { uptime_ms: uptime }, actors: [actor('files', { handled }), actor(`new at ${uptime}`, { handled })] })
  assert.deepEqual(withRates(snapshot(500, 10)).map((row) => row.rate), [0, 0])
  assert.deepEqual(withRates(snapshot(1000, 30), snapshot(500, 10)).map((row) => row.rate), [40, 0])
  // An app that was started anew counts from none.
  assert.deepEqual(withRates(snapshot(1000, 5), snapshot(500, 10)).map((row) => row.rate), [0, 0])
})

test('every_word_of_the_filter_must_fit', () => {
  const rows = [actor('window:10'), actor('window:2'), actor('files', { job: 'ReadFile' })]
  assert.deepEqual(names(visible(rows, '', 'name')), ['files', 'window:2', 'window:10'])
  assert.deepEqual(names(visible(rows, ' WINDOW 10 ', 'name')), ['window:10'])
  assert.deepEqual(names(visible(rows, 'readfile', 'name')), ['files'])
  assert.deepEqual(visible(rows, 'nothing', 'name'), [])
})

test('rows_are_ordered_by_what_is_most_urgent', () => {
  const rows = [actor('a', { depth: 1 }), actor('b', { depth: 7 }), actor('c', { depth: 1, job_ms: 9 })]
  assert.deepEqual(names(visible(rows, '', 'depth')), ['b', 'a', 'c'])
  assert.deepEqual(names(visible(rows, '', 'now')), ['c', 'a', 'b'])
  assert.deepEqual(names(visible(rows, '', 'constructor')), ['a', 'b', 'c'])
})

test('a_queue_is_told_by_type', () => {
  const queued = (message, age, sender) => ({ message, age_ms: age, sender })
  const queue = { messages: [queued('Stat', 5, 'router'), queued('Read', 9, 'router'), queued('Stat', 1, null)] }
  assert.deepEqual(byType(queue), [
    { message: 'Read', count: 1, oldest_ms: 9, senders: ['router'] },
    { message: 'Stat', count: 2, oldest_ms: 5, senders: ['router', 'outside'] }
  ])
  assert.deepEqual(byType(null), [])
})

test('the_last_messages_come_first', () => {
  const recorder = Array.from({ length: 100 }, (_, sequence) => ({ sequence, sent_us: 0, began_us: 1500, ended_us: 2000 }))
  const lines = recent(recorder)
  assert.equal(lines.length, RECENT_MAX)
  assert.deepEqual([lines[0].sequence, lines[0].wait_ms, lines[0].took_ms], [99, 1.5, 0.5])
})

test('values_are_short', () => {
  const shown = [0, 0.0004, 0.017, 0.0999, 1.25, 42.4, 999.6, 61_000, 7_200_000].map(duration)
  assert.deepEqual(shown, [NOTHING, '1 µs', '17 µs', '0.1 ms', '1.3 ms', '42 ms', '1.0 s', '1 min', '2.0 h'])
  assert.deepEqual([count(0), count(1234), rate(0), rate(1.26), rate(1234.5)], [NOTHING, '1,234', NOTHING, '1.3', '1,235'])
  assert.equal(reasons({ mailbox_full: 2, stopped: 1 }), '2 mailbox full, 1 stopped')
  assert.deepEqual([shortCause('0'.repeat(32)), shortCause('0123456789abcdef0123456789abcdef')], [NOTHING, 'abcdef'])
})

test('what_an_actor_does_is_its_state_its_message_or_its_job', () => {
  assert.equal(doing(actor('a')), NOTHING)
  assert.equal(doing(actor('a', { state: 'broke on ReadFile', current: 'X' })), 'broke on ReadFile')
  assert.equal(doing(actor('a', { current: 'ReadFile', current_ms: 3100, jobs: 1, job: 'Y' })), 'ReadFile 3.1 s')
  assert.equal(doing(actor('a', { jobs: 3, job: 'ReadFile', job_ms: 3100 })), 'job ReadFile +2 3.1 s')
  assert.equal(doing(actor('inspector', { current: 'Look', current_ms: 0.02 })), NOTHING)
  assert.equal(doing(actor('inspector', { current: 'Look', current_ms: 2000 })), 'Look 2.0 s')
})

test('the_panel_sets_text_as_text', () => {
  for (const name of readdirSync(PANEL).filter((each) => each.endsWith('.js'))) {
    const source = readFileSync(new URL(name, PANEL), 'utf8')
    assert.ok(!/innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(/.test(source), name)
  }
})
