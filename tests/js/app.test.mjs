import assert from 'node:assert/strict'
import test from 'node:test'
import { override } from './loader.mjs'

override({ 'socket:ipc': new URL('./fake-ipc.mjs', import.meta.url).href })
globalThis.__args = (await import('./fake-session.mjs')).bootstrap
const ipc = await import('socket:ipc')
const os = await import('socket:os')
const { default: process, ...processModule } = await import('socket:process')
const application = await import('socket:application')
const { ApplicationWindow } = await import('socket:window')
const { Console, patchGlobalConsole } = await import('socket:console')
const hooks = await import('socket:hooks')
const timers = await import('socket:timers')

const last = () => ipc.calls.at(-1)

test('os asks the native side and throws its errors', () => {
  ipc.replies.set('os.uptime', { seconds: 5 })
  ipc.replies.set('os.hrtime', { ns: '9007199254740993' })
  ipc.replies.set('os.availableMemory', { available: 3, total: 4, free: 2 })
  assert.equal(os.uptime(), 5)
  assert.equal(os.hrtime(), 9007199254740993n)
  assert.equal(os.availableMemory(), 3n)
  assert.deepEqual([os.arch(), os.platform(), os.type(), os.EOL, os.tmpdir(), os.homedir()], ['x64', 'linux', 'Linux', '\n', '/tmp', '/home/fake'])
  ipc.replies.set('os.cpus', Object.assign(new Error('no'), { code: 'EACCES' }))
  assert.throws(() => os.cpus(), { code: 'EACCES' })
})

test('process tells what the session says and ends the app', async () => {
  assert.deepEqual([process.platform, process.arch, process.cwd(), process.version], ['linux', 'x64', '/opt/fake', 'v0.1.0'])
  assert.equal(process.env.HOME, '/home/fake')
  process.stdout.write('raw')
  assert.deepEqual([last().command, last().params], ['stdout', { value: 'raw' }])
  ipc.replies.set('os.hrtime', { ns: '5000000007' })
  assert.deepEqual(process.hrtime(), [5, 7])
  assert.deepEqual(process.hrtime([4, 999999999]), [0, 8 + 0])
  assert.equal(process.hrtime.bigint(), 5000000007n)
  assert.deepEqual(await new Promise((resolve) => process.nextTick((...values) => resolve(values), 1, 2)), [1, 2])
  await assert.rejects(process.exit('three'), { name: 'TypeError', code: 'ERR_INVALID_ARG_TYPE' })
  await assert.rejects(process.exit(1.5), { name: 'RangeError', code: 'ERR_OUT_OF_RANGE' })
  ipc.replies.set('application.exit', Object.assign(new Error('no'), { code: 'ERR_BUSY' }))
  await assert.rejects(process.exit(1), { code: 'ERR_BUSY' })
  ipc.replies.delete('application.exit')
  let code = null
  process.on('exit', (value) => { code = value })
  await process.exit(3)
  assert.equal(code, 3)
  assert.deepEqual([last().command, last().params], ['application.exit', { value: 3 }])
  for (const name of ['exit', 'homedir', 'hrtime', 'memoryUsage', 'nextTick']) assert.equal(typeof processModule[name], 'function')
})

test('windows are asked for, listed and driven', async () => {
  ipc.replies.set('application.getWindows', ({ indices }) => (indices.length ? indices : [0, 2]).map((index) => ({ index, title: `w${index}`, width: 10, height: 20, status: 31 })))
  const windows = await application.getWindows()
  assert.deepEqual(Object.keys(windows), ['0', '2'])
  assert.deepEqual([...windows].map((each) => each.getTitle()), ['w0', 'w2'])
  assert.equal(windows.length, 2)
  const current = await application.getCurrentWindow()
  assert.deepEqual([current.index, current.getSize(), current.getStatus()], [0, { width: 10, height: 20 }, ApplicationWindow.constants.WINDOW_SHOWN])
  ipc.replies.set('window.setTitle', ({ value }) => ({ index: 0, title: value, width: 10, height: 20, status: 31 }))
  await current.setTitle('new')
  assert.equal(current.getTitle(), 'new')
  assert.deepEqual(last().params, { value: 'new', targetWindowIndex: 0 })
  await assert.rejects(current.setSize({ width: '101%' }), { code: 'ERR_INVALID_ARG_VALUE' })
  await assert.rejects(application.getWindow(-1), { code: 'ERR_INVALID_ARG_VALUE' })
  await assert.rejects(application.getWindows('x'), { code: 'ERR_INVALID_ARG_TYPE' })
  await current.send({ backend: true, event: 'e', value: 'text' })
  assert.deepEqual(last().params, { event: 'e', value: '"text"' })
  await current.send({ window: 2, event: 'e', value: { a: 1 } })
  assert.deepEqual(last().params, { window: 2, event: 'e', value: '{"a":1}' })
  await assert.rejects(windows[2].send({ window: 0, event: 'e' }), /current window/)
  ipc.replies.set('window.create', ({ index, title }) => ({ index, title, width: 5, height: 5, status: 31 }))
  const made = await application.createWindow({ index: 3, path: 'other.html', title: 'Other', width: 800, height: '50%' })
  assert.equal(made.index, 3)
  assert.deepEqual(last().params, { index: 3, url: 'socket://localhost/other.html', title: 'Other', width: 800, height: '50%' })
  await assert.rejects(application.createWindow({ index: 3 }), { code: 'ERR_INVALID_ARG_TYPE' })
})

test('what is missing says so', async () => {
  const current = new ApplicationWindow({ index: 0 })
  const missing = [
    () => application.setSystemMenu({ value: 'App:\n' }), () => application.setSystemMenuItemEnabled({}), () => application.setTrayMenu({}),
    () => current.setContextMenu({}), () => current.showOpenFilePicker(), () => current.showSaveFilePicker(), () => current.showDirectoryFilePicker()
  ]
  for (const call of missing) await assert.rejects(call, { name: 'NotSupportedError', code: 'ERR_NOT_SUPPORTED', message: /is not supported/ })
})

test('settings can be read by either name', () => {
  assert.equal(application.config.build_name, 'fake')
  assert.equal(application.config.metaBundleIdentifier, 'org.example.fake')
  assert.deepEqual(Object.keys(application.config), ['build_name', 'meta_title', 'meta_bundle_identifier'])
  assert.equal(application.debug, true)
})

test('a console writes formatted lines', () => {
  const lines = []
  const console = new Console({ write: (stream, text) => lines.push([stream, text]) })
  console.log('%s', 'a', { b: 1 })
  console.group('g')
  console.error('in\ngroup')
  console.groupEnd()
  console.count()
  console.count()
  console.assert(false, 'no %s', 'way')
  console.table([{ a: 1 }])
  assert.deepEqual(lines.slice(0, 6), [
    ['stdout', 'a { b: 1 }\n'], ['stdout', 'g\n'], ['stderr', '  in\n  group\n'], ['stdout', 'default: 1\n'], ['stdout', 'default: 2\n'],
    ['stderr', 'Assertion failed: no way\n']
  ])
  assert.match(lines[6][1], /│ \(index\) │ a │/)
  const seen = []
  const target = { log: (...values) => seen.push(values) }
  patchGlobalConsole(target, { write: (stream, text) => seen.push(text) })
  patchGlobalConsole(target)
  target.log('x')
  assert.deepEqual(seen, [['x'], 'x\n'])
})

test('hooks call back once all is there, and let go', async () => {
  await new Promise((resolve) => hooks.onInit(resolve))
  const seen = []
  const forget = hooks.default.onData((event) => seen.push(event.data))
  hooks.default.dispatchEvent(new MessageEvent('data', { data: 1 }))
  forget()
  hooks.default.dispatchEvent(new MessageEvent('data', { data: 2 }))
  assert.deepEqual(seen, [1])
})

test('timers can be waited for and aborted', async () => {
  const order = []
  const cancelled = timers.setImmediate(() => order.push('cancelled'))
  timers.clearImmediate(cancelled)
  await new Promise((resolve) => timers.setImmediate((value) => resolve(order.push(value)), 'immediate'))
  assert.deepEqual(order, ['immediate'])
  assert.equal(await timers.promises.setTimeout(1, 'value'), 'value')
  await assert.rejects(timers.promises.setTimeout(1000, null, { signal: AbortSignal.abort() }), { name: 'AbortError' })
})
