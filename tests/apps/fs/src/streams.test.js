/** Streams of files. */
import * as fs from 'socket:fs'
import { Buffer } from 'socket:buffer'
import { fails, inFolder, pattern } from './helpers.js'

const { open, readFile, stat, writeFile } = fs.promises

/** Resolves with what an emitter emits first: the named event, or an error. */
function event (emitter, name) {
  return new Promise((resolve, reject) => {
    emitter.once(name, (...values) => resolve(values))
    emitter.once('error', reject)
  })
}

async function collect (stream) {
  const parts = []
  for await (const part of stream) parts.push(part)
  return parts
}

inFolder('a stream reads a file in pieces', async (t, at) => {
  const bytes = pattern(200_001)
  await writeFile(at('a'), bytes)
  const stream = fs.createReadStream(at('a'))
  t.equal(stream.path, at('a'), 'path')
  const parts = await collect(stream)
  t.ok(parts.length > 1 && parts.every((part) => Buffer.isBuffer(part) && part.length <= 65536), 'of 64 KiB at most')
  t.equal(Buffer.compare(Buffer.concat(parts), bytes), 0, 'all of it')
  t.equal(stream.bytesRead, bytes.length, 'bytesRead')
})

inFolder('a stream reads a part, as text', async (t, at) => {
  await writeFile(at('a'), '0123456789')
  t.equal(Buffer.concat(await collect(fs.createReadStream(at('a'), { start: 2, end: 5 }))).toString(), '2345', 'start and end, both included')
  t.equal((await collect(fs.createReadStream(at('a'), 'utf8'))).join(''), '0123456789', 'encoding')
  const small = await collect(fs.createReadStream(at('a'), { highWaterMark: 4, encoding: 'latin1' }))
  t.deepEqual(small, ['0123', '4567', '89'], 'highWaterMark')
  await writeFile(at('b'), 'aé世🌍z'.repeat(100))
  t.equal((await collect(fs.createReadStream(at('b'), { highWaterMark: 3, encoding: 'utf8' }))).join(''), 'aé世🌍z'.repeat(100), 'letters over the edge of pieces')
  await writeFile(at('c'), '')
  t.deepEqual(await collect(fs.createReadStream(at('c'))), [], 'an empty file')
})

inFolder('events come in Node\'s order', async (t, at) => {
  await writeFile(at('a'), 'x')
  const seen = []
  const stream = fs.createReadStream(at('a'))
  for (const name of ['open', 'ready', 'data', 'end', 'close']) stream.on(name, () => seen.push(name))
  await event(stream, 'close')
  t.deepEqual(seen, ['open', 'ready', 'data', 'end', 'close'], 'reading')
  const written = []
  const target = fs.createWriteStream(at('b'))
  for (const name of ['open', 'ready', 'finish', 'close']) target.on(name, () => written.push(name))
  target.end('y')
  await event(target, 'close')
  t.deepEqual(written, ['open', 'ready', 'finish', 'close'], 'writing')
})

inFolder('a stream writes in order, with its limits', async (t, at) => {
  const stream = fs.createWriteStream(at('a'))
  for (let index = 0; index < 200; index++) stream.write(`line ${index}\n`)
  const called = new Promise((resolve) => stream.write(Buffer.from('bytes\n'), resolve))
  const finished = event(stream, 'finish')
  stream.end('the end')
  await called
  await finished
  const expected = `${Array.from({ length: 200 }, (_, index) => `line ${index}\n`).join('')}bytes\nthe end`
  t.equal(await readFile(at('a'), 'utf8'), expected, 'in order')
  t.equal(stream.bytesWritten, expected.length, 'bytesWritten')
  const full = fs.createWriteStream(at('b'), { highWaterMark: 10 })
  t.equal(full.write('0123456789'), false, 'false when it is full')
  await event(full, 'drain')
  t.pass('drain when it is not')
  full.end()
  await event(full, 'close')
  const append = fs.createWriteStream(at('b'), { flags: 'a' })
  append.end('!')
  await event(append, 'close')
  const over = fs.createWriteStream(at('b'), { flags: 'r+', start: 2 })
  over.end('XX')
  await event(over, 'close')
  t.equal(await readFile(at('b'), 'utf8'), '01XX456789!', 'flags and start')
})

inFolder('pipe copies a file', async (t, at) => {
  const bytes = pattern(1_000_003)
  await writeFile(at('a'), bytes)
  const target = fs.createWriteStream(at('b'))
  fs.createReadStream(at('a')).pipe(target)
  await event(target, 'close')
  t.equal(Buffer.compare(await readFile(at('b')), bytes), 0, 'byte by byte')
})

inFolder('a stream of a missing file emits an error', async (t, at) => {
  await fails(t, event(fs.createReadStream(at('none')), 'end'), { code: 'ENOENT', syscall: 'open', path: at('none') }, 'reading')
  await fails(t, event(fs.createWriteStream(at('no', 'folder')), 'finish'), { code: 'ENOENT', syscall: 'open' }, 'writing')
  await fails(t, collect(fs.createReadStream(at('.'))), { code: 'EISDIR', syscall: 'read' }, 'a folder')
})

inFolder('streams of a handle and of a destroyed stream', async (t, at) => {
  await writeFile(at('a'), 'content')
  const file = await open(at('a'))
  t.equal((await collect(file.createReadStream({ encoding: 'utf8' }))).join(''), 'content', 'handle.createReadStream')
  const out = await open(at('b'), 'w')
  const target = out.createWriteStream()
  target.end('written')
  await event(target, 'close')
  t.equal(await readFile(at('b'), 'utf8'), 'written', 'handle.createWriteStream')
  const left = fs.createReadStream(at('a'))
  await event(left, 'open')
  left.destroy()
  await event(left, 'close')
  t.ok(left.destroyed, 'destroy closes')
  t.equal((await stat(at('a'))).size, 7, 'and the file is as it was')
})

inFolder('a signal ends a stream', async (t, at) => {
  await writeFile(at('a'), pattern(1 << 20))
  const controller = new AbortController()
  const stream = fs.createReadStream(at('a'), { signal: controller.signal })
  stream.once('data', () => controller.abort())
  await fails(t, collect(stream), { name: 'AbortError', code: 'ABORT_ERR' }, 'reading')
})
