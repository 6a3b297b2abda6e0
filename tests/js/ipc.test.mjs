/** `socket:ipc`: messages, results and the calling conventions of older apps. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import './loader.mjs'
import { answers, seen } from './fake-native.mjs'

const { default: ipc } = await import('socket:ipc')
const { Buffer } = await import('socket:buffer')
const errors = await import('socket:errors')

const got = []
answers.echo = (params, body) => { got.push({ params, body: body.toString() }); return params }
answers.fails = () => { throw Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES', syscall: 'open', path: '/x' }) }
answers.bytes = () => ({ bytes: Buffer.from([1, 200, 255]) })

test('every_name_of_the_older_module_is_there', () => {
  for (const name of [
    'ERROR', 'Headers', 'Message', 'OK', 'Result', 'TIMEOUT', 'createBinding', 'debug', 'emit', 'kDebugEnabled', 'parseSeq',
    'postMessage', 'primordials', 'ready', 'request', 'resolve', 'send', 'sendSync', 'write'
  ]) assert.notEqual(ipc[name], undefined, name)
  assert.equal(ipc.primordials.platform, 'linux')
  assert.equal(ipc.parseSeq('R12'), 12)
  assert.equal(ipc.parseSeq('12n', { bigint: true }), 12n)
})

test('messages_are_parsed_and_written', () => {
  const message = ipc.Message.from('ipc://window.setTitle?index=1&value=hello%20world&on=true&o=%7B%22a%22%3A1%7D')
  assert.equal(message.command, 'window.setTitle')
  assert.equal(message.index, 1)
  assert.equal(message.value, 'hello world')
  assert.deepEqual(message.params, { index: 1, value: 'hello world', on: true, o: { a: 1 } })
  assert.equal(message.rawParams.index, '1')
  const made = ipc.Message.from('fs.stat', { path: 'a b', list: [1] })
  assert.equal(made.command, 'fs.stat')
  assert.deepEqual(made.params, { path: 'a b', list: [1] })
  assert.equal(ipc.Message.from({ command: 'x', params: { y: 1 } }).get('y'), 1)
  assert.ok(ipc.Message.isValidInput('ipc://x') && !ipc.Message.isValidInput('ipc://') && !ipc.Message.isValidInput('http://x'))
  assert.throws(() => new ipc.Message('http://x'), TypeError)
})

test('values_become_parameters_as_they_used_to', async () => {
  got.length = 0
  await ipc.send('echo', { a: 1, big: 5n })
  await ipc.send('echo', 'text')
  await ipc.request('echo', new URLSearchParams({ n: '7', s: 'x' }))
  await ipc.send('echo')
  await ipc.write('echo', { b: 2 }, 'body')
  assert.deepEqual(got.map(({ params }) => params), [{ a: 1, big: '5' }, { value: 'text' }, { n: 7, s: 'x' }, {}, { b: 2 }])
  assert.equal(got.at(-1).body, 'body')
})

test('results_can_be_taken_apart', async () => {
  const result = await ipc.request('echo', { a: 1 })
  assert.deepEqual({ err: result.err, data: result.data, source: result.source }, { err: null, data: { a: 1 }, source: 'echo' })
  const [err, data, source] = result
  assert.deepEqual([err, data, source], [null, { a: 1 }, 'echo'])
})

test('errors_are_real_and_never_rejections', async () => {
  const { err, data } = await ipc.request('fails')
  assert.ok(err instanceof Error)
  assert.deepEqual([err.code, err.syscall, err.path, data], ['EACCES', 'open', '/x', null])
  const unknown = await ipc.request('no.such')
  assert.ok(unknown.err instanceof errors.NotFoundError)
  assert.equal(unknown.err.code, 'ERR_UNKNOWN_COMMAND')
  const circle = {}
  circle.self = circle
  for (const { err } of [await ipc.send('echo', circle), ipc.sendSync('echo', circle)]) assert.equal(err.code, 'ERR_IPC_TRANSPORT')
  seen.commands.length = 0
  assert.equal((await ipc.send('no/such?x')).err.code, 'ERR_UNKNOWN_COMMAND')
  assert.equal((await ipc.write('echo', {}, new Uint8Array(8 * 1024 * 1024 + 1))).err.code, 'ERR_BODY_TOO_LARGE')
  assert.deepEqual(seen.commands, [])
})

test('binary_answers_are_buffers', async () => {
  const { data } = await ipc.request('bytes', {}, { responseType: 'arraybuffer' })
  assert.ok(Buffer.isBuffer(data))
  assert.deepEqual([...data], [1, 200, 255])
  assert.deepEqual([...ipc.sendSync('bytes').data], [1, 200, 255])
})

test('the_blocking_form_answers_at_once', () => {
  assert.deepEqual(ipc.sendSync('echo', { ä: 'ö€😀' }).data, { ä: 'ö€😀' })
  assert.equal(ipc.sendSync('fails').err.code, 'EACCES')
  const first = ipc.sendSync('echo', { t: 1 }, { cache: true })
  assert.equal(ipc.sendSync('echo', { t: 2 }, { cache: true }), first)
})

test('a_call_ends_at_its_deadline_or_by_its_signal', async () => {
  const fetch = await ipc.request('echo', {}, { signal: AbortSignal.abort() })
  assert.equal(fetch.err.name, 'AbortError')
  const { err } = await ipc.request('echo', {}, { timeout: 5000 })
  assert.equal(err, null)
  assert.equal(got.at(-1).params.timeout, 5000)
})

test('bindings_call_commands_by_name', async () => {
  answers['ext.deep.echo'] = (params) => params
  const binding = ipc.createBinding('ext', { default: 'request' })
  assert.deepEqual((await binding.deep.echo({ a: 1 })).data, { a: 1 })
  assert.equal(await Promise.resolve(binding).then((value) => value === binding), true)
})

test('events_are_dispatched', async () => {
  const target = new EventTarget()
  globalThis.dispatchEvent = target.dispatchEvent.bind(target)
  const details = []
  for (const name of ['x', 'resolve-0-R7']) target.addEventListener(name, (event) => details.push(event.detail))
  await ipc.emit('x', '{"a":1}')
  await ipc.emit('x', 'plain%20text')
  await ipc.emit('x', { b: 2 })
  const result = await ipc.postMessage('ipc://echo?seq=R7&value=5')
  assert.deepEqual(details.slice(0, 3), [{ a: 1 }, 'plain text', { b: 2 }])
  assert.deepEqual(details[3].data, { value: 5 })
  assert.deepEqual(result.data, { value: 5 })
})

test('results_are_made_of_anything', () => {
  assert.equal(ipc.Result.from(new Error('x')).err.message, 'x')
  assert.equal(ipc.Result.from({ data: 5 }).data, 5)
  assert.equal(ipc.Result.from({ err: { type: 'NotFoundError', message: 'm' } }).err.name, 'NotFoundError')
  assert.equal(ipc.Result.from('text', null, 'src').source, 'src')
  assert.equal(ipc.Result.from(null, new Error('y'), 's').err.message, 'y')
  assert.equal(ipc.Headers.from('a: 1\r\nb: 2').get('b'), '2')
  assert.deepEqual(ipc.Headers.from({ a: '1' }).toJSON(), { a: '1' })
})
