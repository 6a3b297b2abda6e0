/** `socket:diagnostics`: channels as older apps and Node have them, metrics, and the look at actors. */
import assert from 'node:assert/strict'
import node from 'node:diagnostics_channel'
import { test } from 'node:test'
import './loader.mjs'
import { answers } from './fake-native.mjs'

const diagnostics = await import('socket:diagnostics')
const { ActiveChannel, Channel, ChannelGroup, normalizeName, registry } = await import('socket:diagnostics/channels')
const { FetchMetric, metrics, RequestAnimationFrameMetric } = await import('socket:diagnostics/window')
const { Metric } = await import('socket:diagnostics/metric')
const { QueryDiagnostic, query } = await import('socket:diagnostics/runtime')

test('names_are_compared_without_regard_to_case_and_separators', () => {
  assert.equal(normalizeName('My Channel_of-mine'), 'my.channel.of.mine')
  assert.equal(normalizeName('group', 'one'), 'group.one')
  assert.equal(normalizeName('group', 'group.one'), 'group.one')
  assert.equal(normalizeName({ name: 'A' }), 'a')
  assert.throws(() => normalizeName('group', 7), TypeError)
  assert.throws(() => normalizeName(null), TypeError)
  assert.equal(registry.channel('My-Channel'), diagnostics.channel('my channel'))
})

test('a_channel_is_active_while_somebody_listens', async () => {
  const channel = diagnostics.channel('active')
  const got = []
  const listen = (...values) => got.push(values)
  assert.equal(await channel.publish('nobody'), false)
  assert.ok(!channel.hasSubscribers && !(channel instanceof ActiveChannel))
  assert.equal(channel.subscribe(listen), true)
  assert.ok(channel.hasSubscribers && channel instanceof ActiveChannel && channel.length === 1)
  const publishing = channel.publish('one')
  assert.deepEqual(got, [['one', 'active', channel]], 'before it returns')
  assert.equal(await publishing, true)
  assert.equal(channel.unsubscribe(() => {}), false)
  assert.equal(channel.unsubscribe(listen), true)
  assert.ok(!channel.hasSubscribers && !(channel instanceof ActiveChannel))
  assert.throws(() => channel.subscribe('x'), TypeError)
})

test('what_somebody_listens_to_is_not_forgotten', async () => {
  const got = []
  diagnostics.subscribe('held', (message) => got.push(message))
  diagnostics.channel('dropped')
  await new Promise((resolve) => setTimeout(resolve))
  globalThis.gc?.()
  await diagnostics.channel('held').publish(1)
  assert.deepEqual(got, [1])
  assert.equal(diagnostics.hasSubscribers('HELD'), true)
})

test('a_subscriber_that_throws_keeps_no_other_from_being_told', async () => {
  const uncaught = new Promise((resolve) => { globalThis.reportError = resolve })
  const channel = diagnostics.channel('throws')
  const got = []
  channel.subscribe(() => { throw new Error('first') })
  channel.subscribe((message) => got.push(message))
  assert.equal(await channel.publish(1), false)
  assert.deepEqual(got, [1])
  assert.equal((await uncaught).message, 'first')
})

test('groups_select_by_name', async () => {
  const group = registry.group('shop', ['Cart.add', 'Cart.remove', 'pay'])
  assert.ok(group instanceof ChannelGroup && group instanceof Channel)
  const names = (keys) => group.select(keys).map(({ channel }) => channel.name)
  assert.deepEqual(names('*'), ['shop.cart.add', 'shop.cart.remove', 'shop.pay'])
  assert.deepEqual(names('cart.*'), ['shop.cart.add', 'shop.cart.remove'])
  assert.deepEqual(names('pay,cart.add'), ['shop.pay', 'shop.cart.add'])
  assert.deepEqual(names(['pay', 'pay']), ['shop.pay'])
  assert.deepEqual(names('p.y'), [])
  const got = []
  const listen = (message, name) => got.push([name, message])
  assert.equal(group.subscribe('cart.*', listen), true)
  assert.equal(group.subscribe('nothing', listen), false)
  assert.equal(await group.publish({ 'cart.add': 1, pay: 2 }), true)
  assert.equal(await group.publish('pay', 3), false)
  assert.deepEqual(got, [['shop.cart.add', 1]])
  assert.ok(group.hasSubscribers)
  group.reset(true)
  assert.ok(!group.hasSubscribers && group.channels[0].group === null)
  assert.equal(group.channel('refund').group, group)
  assert.equal(group.length, 4)
})

test('the_registry_cannot_be_made_again', () => {
  assert.throws(() => new registry.constructor(), /Illegal/)
  assert.throws(() => registry.set('x', {}), TypeError)
  assert.ok(registry.has('shop.pay') === (registry.get('shop.pay') !== null))
  registry.channel('to go')
  assert.equal(registry.remove('To-Go'), true)
  assert.equal(registry.remove('To-Go'), false)
  assert.equal(typeof registry.toJSON(), 'object')
})

test('names_of_node_are_there', () => {
  for (const name of ['channel', 'subscribe', 'unsubscribe', 'hasSubscribers', 'tracingChannel', 'Channel']) {
    assert.equal(typeof diagnostics[name], typeof node[name], name)
    assert.equal(diagnostics.default[name], diagnostics[name], name)
  }
  const symbol = Symbol('mine')
  assert.equal(diagnostics.channel(symbol), diagnostics.channel(symbol))
})

test('operations_are_traced_as_by_node', async () => {
  /** What each library tells of the same operations. */
  const told = async ({ tracingChannel }) => {
    const events = []
    const traced = tracingChannel('Test')
    const note = (event) => (message) => events.push([event, message.id, message.result, message.error?.message])
    const handlers = Object.fromEntries(['start', 'end', 'asyncStart', 'asyncEnd', 'error'].map((each) => [each, note(each)]))
    traced.subscribe(handlers)
    events.push(traced.traceSync((a, b) => a + b, { id: 1 }, null, 1, 2))
    try { traced.traceSync(() => { throw new Error('sync') }, { id: 2 }) } catch ({ message }) { events.push(message) }
    events.push(await traced.tracePromise(async (a) => a, { id: 3 }, null, 'later'))
    await traced.tracePromise(async () => { throw new Error('async') }, { id: 4 }).catch(({ message }) => events.push(message))
    await new Promise((resolve) => {
      traced.traceCallback((value, done) => setImmediate(done, null, value), -1, { id: 5 }, null, 'called', resolve)
    })
    events.push(traced.unsubscribe(handlers), traced.unsubscribe(handlers))
    return events
  }
  assert.deepEqual(await told(diagnostics), await told(node))
})

test('metrics_measure_between_start_and_stop', async () => {
  const native = globalThis.fetch
  const got = []
  globalThis.fetch = async (resource) => {
    if (resource === 'broken') throw new TypeError('no network')
    return new Response(resource)
  }
  const own = globalThis.fetch
  metrics.subscribe('fetch.*', (message, name) => got.push([name, message.resource, message.error?.message]))
  metrics.start(['fetch'])
  assert.equal(await (await fetch('page')).text(), 'page')
  await assert.rejects(fetch('broken'), /no network/)
  metrics.stop(['fetch'])
  assert.equal(globalThis.fetch, own)
  assert.deepEqual(got, [
    ['window.fetch.start', 'page', undefined], ['window.fetch.end', 'page', undefined],
    ['window.fetch.start', 'broken', undefined], ['window.fetch.end', 'broken', 'no network']
  ])
  globalThis.fetch = native
  assert.ok(new FetchMetric() instanceof Metric)
  assert.throws(() => new metrics.constructor(), /Illegal/)
})

test('frames_are_counted_a_second', () => {
  const frames = []
  globalThis.requestAnimationFrame = (callback) => frames.push(callback)
  const metric = new RequestAnimationFrameMetric({ sampleSize: 4 })
  metric.init()
  for (let count = 0; count < 6; count++) {
    globalThis.requestAnimationFrame(() => {})
    const until = performance.now() + 2
    while (performance.now() < until);
    frames.shift()(0)
  }
  assert.equal(metric.value.samples, 4)
  assert.ok(metric.value.rate > 10 && metric.value.rate <= 500, String(metric.value.rate))
  metric.destroy()
  assert.deepEqual(metric.toJSON().samples, [])
})

test('actors_are_looked_at_by_calls_of_their_own', async () => {
  const asked = []
  const files = { name: 'files', kind: 'files', handled: 7, depth: 2 }
  answers['diagnostics.snapshot'] = () => ({ app: {}, actors: [files, { name: 'udp:0', kind: 'udp', handled: 1, depth: 0 }], findings: [] })
  answers['diagnostics.findings'] = () => ({ findings: [{ text: 'stuck' }] })
  answers['diagnostics.lease'] = ({ actor }) => { asked.push(['lease', actor]); return { ok: true } }
  answers['diagnostics.actor'] = ({ actor }) => {
    asked.push(['actor', actor])
    const queued = (message, age) => ({ message, age_ms: age })
    return { actor: files, queue: { depth: 3, messages: [queued('ReadFile', 9), queued('StatPath', 5), queued('ReadFile', 1)] } }
  }
  answers['fs.getOpenDescriptors'] = () => [{ id: 'a', fd: 1 }]
  assert.deepEqual((await diagnostics.snapshot()).actors[0], files)
  assert.deepEqual(await diagnostics.findings(), [{ text: 'stuck' }])
  const { types } = await diagnostics.actor('files')
  assert.deepEqual(types, { ReadFile: { count: 2, oldest_ms: 9, newest_ms: 1 }, StatPath: { count: 1, oldest_ms: 5, newest_ms: 5 } })
  assert.deepEqual(asked, [['lease', 'files'], ['actor', 'files']])
  const found = await query()
  assert.ok(found instanceof QueryDiagnostic)
  assert.deepEqual([found.fs.descriptors.handles, found.udp.handles.count, found.uv.metrics.events], [{ count: 1, ids: ['a'] }, 1, 8])
  assert.equal((await query('udp')).handles.ids[0], 'udp:0')
})

test('a_refusal_is_a_rejection', async () => {
  answers['diagnostics.snapshot'] = () => { throw Object.assign(new Error('refused'), { name: 'NotAllowedError', code: 'ERR_INSPECTOR_OFF' }) }
  await assert.rejects(diagnostics.snapshot(), { name: 'NotAllowedError', code: 'ERR_INSPECTOR_OFF' })
  await assert.rejects(query(), { code: 'ERR_INSPECTOR_OFF' })
})
