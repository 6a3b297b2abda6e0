/** Calls that no module of ours would make: each gets a typed error, and nothing else happens. */
import ipc from 'socket:ipc'
import * as fs from 'socket:fs/promises'
import { token } from 'socket:internal/session'
import test from 'socket:test'
import { forbidden, post } from './helpers.js'

/** The name and the code of an answer's error. */
const kind = ({ err, data }) => err ? `${err.name} ${err.code}` : `data ${JSON.stringify(data)}`
const write = JSON.stringify({ path: forbidden })

/** The next good call works, by hand and by module, and nothing was written. */
async function allIsWell (t) {
  t.equal(kind(await post('ping', { params: '{"value":1}' })), 'data {"value":1}', 'the next request works')
  t.equal(kind(await ipc.send('ping', { value: 2 })), 'data {"value":2}', 'the next call of a module works')
  t.equal(await fs.exists(forbidden), false, 'nothing was written')
}

test('a token that is wrong or missing', async (t) => {
  for (const key of ['0'.repeat(32), token.slice(1), `${token}0`, token.toUpperCase() === token ? 'x' : token.toUpperCase(), '', null]) {
    const answer = await post('fs.writeFile', { key, params: write, body: new Uint8Array(3) })
    t.equal(answer.status, 403, `status for ${JSON.stringify(key)?.slice(0, 8)}`)
    t.equal(kind(answer), 'NotAllowedError ERR_PERMISSION', 'error')
  }
  await allIsWell(t)
})

test('parameters that are not an object in JSON', async (t) => {
  for (const params of ['', '{', '{"path":}', 'null', '[]', '7', '"x"', '{"path":"\\ud800"}', '\u0000']) {
    const answer = await post('fs.writeFile', { params, body: new Uint8Array(1) })
    t.equal(answer.status, 200, `status for ${JSON.stringify(params)}`)
    t.equal(answer.err?.name, 'TypeError', `${answer.err?.code}: ${answer.err?.message}`)
  }
  t.equal((await post('fs.stat', { params: null })).err?.name, 'TypeError', 'none at all')
  const broken = await fetch('socket://localhost/__runtime/ipc/ping?params=%FF%7B%7D', { method: 'POST', headers: { 'x-runtime-token': token } })
  t.equal((await broken.json()).err?.name, 'TypeError', 'not UTF-8')
  await allIsWell(t)
})

test('arguments of the wrong type or value', async (t) => {
  const type = 'TypeError ERR_INVALID_ARG_TYPE'
  const value = 'TypeError ERR_INVALID_ARG_VALUE'
  const cases = [
    ['fs.stat', {}, type], ['fs.stat', { path: 7 }, type], ['fs.stat', { path: null }, type], ['fs.stat', { path: ['a'] }, type],
    ['fs.stat', { path: {} }, type], ['fs.stat', { path: 'a\0b' }, value], ['fs.writeFile', { path: `${forbidden}\0x` }, value],
    ['fs.mkdir', { path: forbidden, recursive: 'yes' }, type], ['fs.mkdir', { path: forbidden, mode: 'rwx' }, type],
    ['fs.chmod', { path: '.', mode: -1 }, value], ['fs.chmod', { path: '.', mode: 1e99 }, type], ['fs.chmod', { path: '.', mode: 1.5 }, type],
    ['fs.open', { path: forbidden, flags: 'zz' }, value], ['fs.open', { path: forbidden, flags: {} }, type],
    ['fs.read', { id: 7, size: 1 }, type], ['fs.read', { id: 'x', size: -1 }, value], ['fs.truncate', { path: '.', length: -1 }, value],
    ['fs.rename', { src: 'a' }, type], ['fs.symlink', { target: 'a\0', path: forbidden }, value],
    ['ping', { timeout: 'long' }, type], ['window.create', { width: 'wide' }, null], ['application.getWindows', { indices: 'all' }, value],
    ['log', { lines: 'text' }, null], ['log', { lines: [7] }, null], ['application.exit', { value: 'x' }, type],
    ['platform.openExternal', { url: 'file:///etc/passwd' }, value], ['platform.openExternal', { url: 'javascript:alert(1)' }, value],
    ['event.next', { client: 'nobody' }, null], ['event.next', { client: 7 }, type]
  ]
  for (const [command, params, expected] of cases) {
    const text = `${command} ${JSON.stringify(params).slice(0, 50)}`
    const answer = await post(command, { params: JSON.stringify(params) })
    const found = kind(answer)
    t.ok(expected ? found === expected : answer.err?.code, `${text}: ${found}`)
    const sent = command.startsWith('fs.read') ? null : await ipc.send(command, params)
    if (sent) t.equal(sent.err && `${sent.err.name} ${sent.err.code}`, found, `${text}: the same by socket:ipc`)
  }
  await allIsWell(t)
})

test('handles that are not of this window', async (t) => {
  for (const id of ['', '0'.repeat(32), '../../etc/passwd', 'constructor', '__proto__', 'x'.repeat(100_000)]) {
    for (const command of ['fs.fstat', 'fs.close', 'fs.closedir', 'fs.readdirNext', 'fs.stopWatch']) {
      const { err } = await post(command, { params: JSON.stringify({ id, entries: 1 }) })
      t.ok(err?.code, `${command} ${id.slice(0, 12)}: ${err?.name} ${err?.code}`)
    }
  }
  await allIsWell(t)
})

test('names that are almost those of an object\'s own', async (t) => {
  const polluting = ['{"__proto__":{"path":"x"}}', '{"constructor":{"prototype":{"path":"x"}}}', '{"toString":"x"}', '{"path":{"__proto__":"x"}}']
  for (const params of polluting) {
    t.equal(kind(await post('fs.stat', { params })), 'TypeError ERR_INVALID_ARG_TYPE', params)
  }
  t.equal({}.path, undefined, 'no prototype was changed')
  t.equal(kind(await post('ping', { params: '{"value":{"__proto__":{"a":1}}}' })), 'data {"value":{"__proto__":{"a":1}}}', 'values come back as plain data')
  t.equal({}.a, undefined, 'still none')
  t.equal(kind(await post('fs.stat', { params: '{"path":".","path":7}' })), 'TypeError ERR_INVALID_ARG_TYPE', 'of two values the last counts')
  await allIsWell(t)
})

test('commands that do not exist', async (t) => {
  const unknown = 'NotFoundError ERR_UNKNOWN_COMMAND'
  for (const command of ['nope', 'fs', 'fs.', '.', 'fs.readFile.x', '__proto__', 'constructor', 'fs%2EreadFile%00', 'fs.read%20File', '%F0%9F%8C%8D', 'x'.repeat(5000)]) {
    t.equal(kind(await post(command)), unknown, command.slice(0, 30))
  }
  t.equal(kind(await post('')), unknown, 'none')
  t.ok((await post('%FF')).err?.code, 'not UTF-8')
  t.ok((await post('fs.raedFile')).err.message.includes('fs.readFile'), 'the nearest name is told')
  const { err } = await ipc.send('fs.nope', {})
  t.equal(`${err.name} ${err.code}`, unknown, 'by socket:ipc')
  await allIsWell(t)
})

test('bodies that are too large or of an odd kind', async (t) => {
  const large = new Uint8Array((8 << 20) + 1)
  const headers = { 'x-runtime-body': String(large.length) }
  const refused = await post('fs.writeFile', { params: write, body: large, headers })
  t.equal(refused.err?.code, 'ERR_BODY_TOO_LARGE', 'a byte more than 8 MiB')
  await allIsWell(t)
  const form = new FormData()
  form.append('file', new Blob(['x']), 'x')
  for (const body of [new Blob(['x'], { type: 'text/plain' }), form, 'text', new URLSearchParams('a=b')]) {
    const answer = await post('fs.writeFile', { params: write, body })
    t.equal(answer.err?.name, 'TypeError', `${Object.prototype.toString.call(body)}: ${answer.err?.message}`)
  }
  t.equal(kind(await post('ping', { body: new Blob(['x']) })), 'data {"value":null}', 'a Blob without a type is not looked at')
  await allIsWell(t)
})

test('other methods and headers', async (t) => {
  for (const method of ['GET', 'PUT', 'DELETE', 'PATCH']) {
    const answer = await post('fs.writeFile', { method, params: write })
    t.ok([405, 403].includes(answer.status) && answer.err?.code, `${method}: ${answer.status} ${answer.err?.code}`)
  }
  const long = await post('ping', { headers: { 'x-long': 'y'.repeat(100_000) } })
  t.equal(kind(long), 'data {"value":null}', 'a header of 100 kB')
  await allIsWell(t)
})

test('a frame of another origin reaches nothing', async (t) => {
  const frame = document.createElement('iframe')
  frame.setAttribute('sandbox', 'allow-scripts')
  const script = `
    const found = { token: typeof __args, handler: 'none', ipc: 'none', module: 'none', files: 'none' }
    const attempt = async (name, call) => { try { found[name] = await call() } catch (error) { found[name] = 'refused' } }
    await attempt('ipc', async () => (await fetch('socket://localhost/__runtime/ipc/ping', { method: 'POST', headers: { 'x-runtime-token': '${'0'.repeat(32)}' } })).status)
    await attempt('token', async () => (await fetch('socket://localhost/__runtime/ipc/fs.writeFile?params=${encodeURIComponent(write)}', { method: 'POST', headers: { 'x-runtime-token': '${token}' }, body: 'x' })).status)
    await attempt('module', async () => Object.keys(await import('socket:internal/session')).join())
    await attempt('files', async () => (await fetch('socket://localhost/index.html')).text())
    await attempt('handler', async () => JSON.parse(await webkit.messageHandlers.runtime.postMessage('{"token":"${'0'.repeat(32)}","command":"ping"}')).err.name)
    parent.postMessage(found, '*')`
  frame.srcdoc = `<script type="module">${script}</script>`
  const answer = new Promise((resolve) => addEventListener('message', ({ data }) => resolve(data), { once: true }))
  document.body.append(frame)
  const found = await answer
  t.equal(found.ipc, 'refused', 'calls')
  t.equal(found.token, 'refused', 'calls even with a token that it should not know')
  t.equal(found.module, 'refused', 'the session module')
  t.equal(found.files, 'refused', 'the app\'s files')
  t.equal(found.handler, 'refused', 'script messages')
  frame.remove()
  await allIsWell(t)
})
