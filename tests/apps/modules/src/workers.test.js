/** Modules and the console in workers; the test beside looks for what they print. */
import { readFile } from 'socket:fs/promises'
import { tmpdir } from 'socket:os'
import test from 'socket:test'

const message = (worker) => new Promise((resolve, reject) => {
  worker.addEventListener('message', ({ data }) => resolve(data), { once: true })
  worker.addEventListener('error', reject, { once: true })
})

test('a module worker imports and reads', async (t) => {
  const worker = new Worker('module-worker.js', { type: 'module' })
  const { text, missing } = await message(worker)
  t.equal(text, await readFile('index.html', 'utf8'), 'a file')
  t.equal(missing, 'ENOENT open no/file', 'an error')
  const thrown = new Promise((resolve) => { worker.onerror = (event) => { event.preventDefault(); resolve(event) } })
  worker.postMessage('throw')
  await thrown
  t.pass('an error reaches the page')
})

test('a classic worker imports when it needs to', async (t) => {
  const worker = new Worker('classic-worker.js')
  worker.postMessage(`${tmpdir()}/classic-worker-${Date.now()}`)
  const { bytes, isBuffer, size } = await message(worker)
  t.deepEqual(bytes, [0, 255], 'bytes')
  t.ok(isBuffer, 'a Buffer')
  t.equal(size, (await readFile('index.html')).length, 'a blocking call')
})
