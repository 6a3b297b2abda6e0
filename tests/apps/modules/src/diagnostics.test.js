/** `socket:diagnostics` in a page: every export, what a snapshot holds, and causes that actors know, too. */
import * as diagnostics from 'socket:diagnostics'
import * as channels from 'socket:diagnostics/channels'
import * as inspector from 'socket:diagnostics/inspector'
import * as metric from 'socket:diagnostics/metric'
import * as runtime from 'socket:diagnostics/runtime'
import * as tracing from 'socket:diagnostics/tracing'
import * as ofWindow from 'socket:diagnostics/window'
import fs from 'socket:fs/promises'
import ipc from 'socket:ipc'
import test from 'socket:test'

test('every export is there', (t) => {
  const names = (module) => Object.keys(module).sort().join(' ')
  t.equal(names(diagnostics), 'Channel TracingChannel actor cause channel channels default findings hasSubscribers runtime snapshot subscribe tracingChannel unsubscribe window', 'diagnostics')
  t.equal(names(channels), 'ActiveChannel Channel ChannelGroup MIN_CHANNEL_SUBSCRIBER_SIZE default normalizeName registry', 'channels')
  t.equal(names(inspector), 'CALLS actor cause default findings snapshot', 'inspector')
  t.equal(names(metric), 'Metric default', 'metric')
  t.equal(names(runtime), 'AIDiagnostic ChildProcessDiagnostic Diagnostic FSDiagnostic PostsDiagnostic QueryDiagnostic TimersDiagnostic UDPDiagnostic UVDiagnostic default query', 'runtime')
  t.equal(names(tracing), 'TracingChannel default tracingChannel', 'tracing')
  t.equal(names(ofWindow), 'FetchMetric RequestAnimationFrameMetric WorkerMetric XMLHttpRequestMetric default metrics', 'window')
})

/** Whether a snapshot in twenty shows the actor between two messages: it may be just about to return from the one that asked. */
const isSeenAtRest = async (name) => {
  for (let tries = 0; tries < 20; tries++) {
    const { actors } = await diagnostics.snapshot()
    if (actors.find((actor) => actor.name === name).current === null) return true
  }
  return false
}

test('a snapshot shows every actor', async (t) => {
  const { app, actors, findings } = await diagnostics.snapshot()
  t.equal(app.name, 'modules-tests', 'the app')
  const names = actors.map(({ name }) => name)
  for (const name of ['files', 'router', 'window:0', 'inspector']) t.ok(names.includes(name), name)
  const router = actors.find(({ name }) => name === 'router')
  t.equal(router.kind, 'router', 'kind')
  t.ok(await isSeenAtRest('router'), 'the router passes questions on')
  for (const field of ['depth', 'oldest_ms', 'handled', 'sent', 'lost', 'restarts']) t.equal(typeof router[field], 'number', field)
  t.ok(Array.isArray(findings) && Array.isArray(await diagnostics.findings()), 'findings')
})

test('one actor is shown in depth', async (t) => {
  await fs.stat('index.html')
  const { actor, queue, types, recorder, latencies, asks } = await diagnostics.actor('files')
  t.equal(actor.level, 'full', 'everything is noted')
  t.deepEqual([queue.depth, types, asks], [0, {}, []], 'nothing waits')
  t.ok(recorder.some(({ message }) => message === 'StatPath'), 'last messages')
  t.ok(Array.isArray(latencies), 'latencies')
  await fs.stat('index.html')
  const later = await diagnostics.actor('files')
  const stat = later.latencies.find(({ message }) => message === 'StatPath')
  t.ok(stat?.count >= 1 && stat.service.max_us > 0, 'latencies by type')
  const error = await diagnostics.actor('nobody').then(() => null, (caught) => caught)
  t.equal(error?.code, 'ERR_NO_ACTOR', 'an actor that is none')
  const wrong = await ipc.request('diagnostics.actor', { actor: 'x'.repeat(300) })
  t.equal(wrong.err?.code, 'ERR_INVALID_ARG_VALUE', 'a name that is none')
})

test('a call has the same cause in the page and in the actors', async (t) => {
  const told = []
  const tell = (call) => told.push(call)
  diagnostics.subscribe('runtime.call', tell)
  await new Promise((resolve) => setTimeout(resolve))
  await fs.stat('index.html')
  diagnostics.unsubscribe('runtime.call', tell)
  const { name, cause, duration, error } = told.at(-1)
  t.deepEqual([name, error], ['fs.stat', null], 'the call')
  t.ok(duration > 0, 'and how long it took')
  const entries = async (actor) => (await diagnostics.actor(actor)).recorder.filter((entry) => entry.cause === cause).map(({ message }) => message)
  t.deepEqual((await entries('router')).includes('RouteCall'), true, 'the router')
  t.ok((await entries('files')).includes('StatPath'), 'the files')
})

test('answers bring the cause back, and what waits for them goes on with it', async (t) => {
  await new Promise((resolve) => setTimeout(resolve))
  const first = await ipc.request('ping')
  const cause = first.headers.get('x-cause')
  t.ok(/^[0-9a-f]{32}$/.test(cause), 'on the answer')
  t.equal(diagnostics.cause(), cause, 'while it is dealt with')
  const second = await ipc.request('ping')
  t.equal(second.headers.get('x-cause'), cause, 'on what comes of it')
  await new Promise((resolve) => setTimeout(resolve))
  t.equal(diagnostics.cause(), null, 'and no longer')
})

test('events bring their causes', async (t) => {
  const seen = new Promise((resolve) => addEventListener('told', () => resolve(diagnostics.cause()), { once: true }))
  await new Promise((resolve) => setTimeout(resolve))
  const sent = await ipc.request('window.send', { event: 'told', value: 1, window: 0 })
  t.equal(await seen, sent.headers.get('x-cause'), 'that of the call which raised them')
})

test('a cause that is none is replaced, whatever it is', async (t) => {
  const { token } = await import('socket:internal/session')
  const ask = async (cause) => {
    const headers = { 'x-runtime-token': token, 'x-cause': cause }
    const response = await fetch('socket://localhost/__runtime/ipc/ping', { method: 'POST', headers })
    return [response.headers.get('x-cause'), (await response.json()).err]
  }
  const good = '00000000000000ab00000000000000cd'
  t.deepEqual(await ask(good), [good, undefined], 'one that is')
  for (const bad of ['', 'x', '0'.repeat(32), 'g'.repeat(32), `${good}0`, 'f'.repeat(5000), '-1']) {
    const [cause, err] = await ask(bad)
    t.ok(err === undefined && /^[0-9a-f]{32}$/.test(cause) && cause !== bad, bad.slice(0, 40))
  }
})
