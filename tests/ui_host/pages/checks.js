// Every check adds one line to the report; the test compares it with what must be.
import { bootstrap, message, request, requestSync, token } from './bridge.js'

const report = { origin: location.origin, secure: isSecureContext }
const check = async (name, act) => {
  try { report[name] = await act() } catch (error) { report[name] = `threw ${error.name}: ${error.message}` }
}
const frameOutcome = (make) => new Promise((resolve) => {
  const frame = document.createElement('iframe')
  addEventListener('message', ({ source, data }) => source === frame.contentWindow && resolve(data.outcomes))
  make(frame)
  document.body.append(frame)
})

requestAnimationFrame(() => requestAnimationFrame(() => message('window.firstFrame')))
report.token = token
report.index = bootstrap.index
report.args = globalThis.__args?.index
await check('message', async () => (await message('ping', { value: 'ä\u0000"' })).data.value)
await check('wrongToken', async () => (await message('ping', {}, 'x')).err.code)
await check('notJson', async () => JSON.parse(await webkit.messageHandlers.runtime.postMessage('{')).err.code)
await check('notText', async () => JSON.parse(await webkit.messageHandlers.runtime.postMessage({ a: 1 })).err.code)
await check('forgotten', async () => (await message('forget')).err.code)
await check('binaryByMessage', async () => (await message('echo')).err.code)
await check('request', async () => (await request('ping', { value: 7 })).data.value)
await check('requestWrongToken', async () => { const r = await request('ping', {}, undefined, 'x'); return [r.status, r.err.code] })
await check('arrayParams', async () => (await request('ping', [1])).err.code)
await check('sync', () => requestSync('ping', { value: 's' }).data.value)
await check('binary', async () => {
  const sent = crypto.getRandomValues(new Uint8Array(65_536))
  const { body, data } = await request('echo', {}, sent)
  return body.length === sent.length && body.every((byte, i) => byte === sent[i]) && data.length === sent.length
})
await check('largest', async () => (await request('echo', {}, new Uint8Array(8 << 20))).body.length)
await check('tooLarge', async () => (await request('echo', {}, new Uint8Array((8 << 20) + 1))).err.code)
await check('parallel', async () => {
  const replies = await Promise.all(Array.from({ length: 1000 }, (_, value) => request('ping', { value })))
  return replies.every(({ data }, value) => data.value === value)
})
await check('getIsNoCall', async () => (await fetch('/__runtime/ipc/ping')).status)
await check('missing', async () => { const r = await fetch('/no%20such.txt'); return [r.status, (await r.text()).includes('/no such.txt')] })
await check('missingModule', () => import('socket:no/such').then(() => 'found', (error) => error.name))
await check('spellings', async () => {
  const [path, dotted, node] = await Promise.all(['socket:path', 'socket:path.js', 'node:path'].map((name) => import(name)))
  return path.default === dotted.default && path.join === node.join
})
await check('header', async () => (await fetch('/secret.txt')).headers.get('x-test'))
await check('range', async () => {
  const r = await fetch('/secret.txt', { headers: { range: 'bytes=2-4' } })
  return [r.status, await r.text(), r.headers.get('content-range')]
})
await check('beyond', async () => (await fetch('/secret.txt', { headers: { range: 'bytes=99-' } })).status)
await check('head', async () => { const r = await fetch('/secret.txt', { method: 'HEAD' }); return [r.status, (await r.text()).length] })
await check('big', async () => {
  const started = performance.now()
  const reader = (await fetch('/big.bin')).body.getReader()
  let length = 0
  let sum = 0
  for (let { done, value } = await reader.read(); !done; { done, value } = await reader.read()) {
    length += value.length
    sum = (sum + value[0] + value[value.length - 1]) % 65_536
  }
  report.bigMs = performance.now() - started
  return length
})
await check('worker', () => new Promise((resolve, reject) => {
  const worker = new Worker('worker.js', { type: 'module' })
  worker.onmessage = ({ data }) => resolve(data)
  worker.onerror = (event) => reject(new Error(event.message ?? 'worker failed'))
}))
await check('storage', async () => {
  localStorage.setItem('runs', Number(localStorage.getItem('runs') ?? 0) + 1)
  await new Promise((resolve, reject) => {
    const open = indexedDB.open('db')
    open.onsuccess = resolve
    open.onerror = () => reject(open.error)
  })
  return localStorage.getItem('runs')
})
await check('hash', async () => { location.hash = 'x'; return (await message('ping', { value: 1 })).data.value })
await check('sandboxed', async () => frameOutcome((frame) => {
  frame.sandbox = 'allow-scripts'
  frame.src = 'evil.html'
}))
await check('foreign', async () => frameOutcome((frame) => { frame.src = `http://127.0.0.1:${bootstrap.port}/evil.html` }))
await check('popup', () => String(window.open('https://example.com/')))
await check('after', async () => (await message('ping', { value: 2 })).data.value)
await message('report', report)
