/** Whole files, by promises. */
import * as fs from 'socket:fs/promises'
import { Buffer } from 'socket:buffer'
import { fails, inFolder, pattern } from './helpers.js'

inFolder('a text is read as it was written', async (t, at) => {
  const path = at('text.txt')
  t.equal(await fs.writeFile(path, 'grüße, 世界 🌍\n'), undefined, 'writeFile resolves with nothing')
  t.equal(await fs.readFile(path, 'utf8'), 'grüße, 世界 🌍\n', 'utf8')
  t.equal(await fs.readFile(path, { encoding: 'latin1' }), Buffer.from('grüße, 世界 🌍\n').toString('latin1'), 'latin1')
  t.equal(await fs.readFile(path, 'base64'), Buffer.from('grüße, 世界 🌍\n').toString('base64'), 'base64')
  const bytes = await fs.readFile(path)
  t.ok(Buffer.isBuffer(bytes), 'without an encoding it is a Buffer')
  t.equal(bytes.length, Buffer.byteLength('grüße, 世界 🌍\n'), 'length in bytes')
})

inFolder('every byte value survives', async (t, at) => {
  const all = Uint8Array.from({ length: 256 * 3 }, (_, index) => index % 256)
  await fs.writeFile(at('all'), all)
  t.deepEqual([...await fs.readFile(at('all'))], [...all], 'Uint8Array')
  await fs.writeFile(at('view'), new DataView(all.buffer, 250, 20))
  t.deepEqual([...await fs.readFile(at('view'))], [...all.subarray(250, 270)], 'part of a buffer through a DataView')
  await fs.writeFile(at('words'), new Uint16Array([1, 0xff00]))
  t.deepEqual([...await fs.readFile(at('words'))], [1, 0, 0, 0xff], 'Uint16Array in the order of the machine')
  await fs.writeFile(at('hex'), '00ff10', 'hex')
  t.deepEqual([...await fs.readFile(at('hex'))], [0, 255, 16], 'a string in hexadecimal')
  await fs.writeFile(at('bom'), '\ufeffx')
  t.equal(await fs.readFile(at('bom'), 'utf8'), '\ufeffx', 'a byte order mark stays')
  await fs.writeFile(at('broken'), new Uint8Array([0x61, 0xff, 0xc3]))
  t.equal(await fs.readFile(at('broken'), 'utf8'), 'a\ufffd\ufffd', 'what is not UTF-8 is replaced')
  await fs.writeFile(at('lone'), 'a\ud800b')
  t.equal(await fs.readFile(at('lone'), 'utf8'), 'a\ufffdb', 'half a surrogate pair is replaced')
})

inFolder('data may come from an iterable', async (t, at) => {
  async function * parts () {
    yield 'one '
    yield Buffer.from('two ')
    yield 'three'
  }
  await fs.writeFile(at('a'), parts())
  t.equal(await fs.readFile(at('a'), 'utf8'), 'one two three', 'asynchronous')
  await fs.writeFile(at('b'), ['x', 'y'])
  t.equal(await fs.readFile(at('b'), 'utf8'), 'xy', 'a list of strings')
  await fs.appendFile(at('b'), 'z')
  t.equal(await fs.readFile(at('b'), 'utf8'), 'xyz', 'and more behind it')
})

inFolder('an empty file is empty', async (t, at) => {
  await fs.writeFile(at('empty'), '')
  t.equal((await fs.readFile(at('empty'))).length, 0, 'no bytes')
  t.equal(await fs.readFile(at('empty'), 'utf8'), '', 'no text')
  t.equal((await fs.stat(at('empty'))).size, 0, 'size')
  await fs.writeFile(at('full'), 'full')
  await fs.writeFile(at('full'), new Uint8Array(0))
  t.equal(await fs.readFile(at('full'), 'utf8'), '', 'writing nothing empties a file')
})

inFolder('flags and modes are those of open', async (t, at) => {
  await fs.writeFile(at('a'), 'one', { mode: 0o600 })
  t.equal((await fs.stat(at('a'))).mode & 0o777, 0o600, 'mode of a new file')
  await fs.writeFile(at('a'), ' two', { flag: 'a' })
  await fs.appendFile(at('a'), Buffer.from(' three'))
  t.equal(await fs.readFile(at('a'), 'utf8'), 'one two three', 'appended twice')
  await fs.writeFile(at('a'), 'ONE', { flag: 'r+' })
  t.equal(await fs.readFile(at('a'), 'utf8'), 'ONE two three', 'r+ writes over')
  await fs.appendFile(at('new'), 'x')
  t.equal(await fs.readFile(at('new'), 'utf8'), 'x', 'appendFile creates')
  const path = at('a')
  await fails(t, fs.writeFile(path, '', { flag: 'wx' }), {
    name: 'Error', code: 'EEXIST', syscall: 'open', path, message: `EEXIST: file already exists, open '${path}'`
  }, 'wx refuses what is there')
  await fails(t, fs.writeFile(path, '', { flag: 'zz' }), { name: 'TypeError', code: 'ERR_INVALID_ARG_VALUE' }, 'unknown flag')
})

inFolder('errors say what Node says', async (t, at) => {
  const missing = at('missing')
  await fails(t, fs.readFile(missing), {
    name: 'Error', code: 'ENOENT', syscall: 'open', path: missing, errno: -2, message: `ENOENT: no such file or directory, open '${missing}'`
  }, 'a missing file')
  await fails(t, fs.writeFile(at('no', 'folder'), ''), { code: 'ENOENT', syscall: 'open', path: at('no', 'folder') }, 'a missing folder')
  await fails(t, fs.readFile(at('.')), {
    name: 'Error', code: 'EISDIR', syscall: 'read', message: 'EISDIR: illegal operation on a directory, read'
  }, 'a folder is not read')
  await fails(t, fs.writeFile(at('.'), ''), { code: 'EISDIR', syscall: 'open' }, 'a folder is not written')
  await fs.writeFile(at('file'), '')
  await fails(t, fs.readFile(at('file', 'below')), { code: 'ENOTDIR', syscall: 'open', path: at('file', 'below') }, 'a file is no folder')
  await fails(t, fs.readFile(at('x'.repeat(300))), { code: 'ENAMETOOLONG', syscall: 'open' }, 'a name of 300 letters')
})

inFolder('wrong arguments are refused before anything happens', async (t, at) => {
  const value = { name: 'TypeError', code: 'ERR_INVALID_ARG_VALUE' }
  const type = { name: 'TypeError', code: 'ERR_INVALID_ARG_TYPE' }
  await fails(t, () => fs.readFile('a\0b'), value, 'NUL in a path')
  await fails(t, () => fs.readFile(), type, 'no path')
  await fails(t, () => fs.readFile({}), type, 'an object as path')
  await fails(t, () => fs.readFile(at('a'), 'utf-99'), value, 'unknown encoding')
  await fails(t, () => fs.readFile(at('a'), 7), type, 'a number as options')
  await fails(t, () => fs.writeFile(at('a'), 7), type, 'a number as data')
  await fails(t, () => fs.writeFile(at('a'), undefined), type, 'undefined as data')
  await fails(t, () => fs.writeFile(at('a'), {}), type, 'an object as data')
  await fails(t, () => fs.writeFile(at('a'), '', { mode: 'rw' }), value, 'letters as mode')
  await fails(t, () => fs.readFile(at('a'), { signal: {} }), type, 'an object as signal')
  await fails(t, fs.access(at('a')), { code: 'ENOENT', syscall: 'access', path: at('a'), message: `ENOENT: no such file or directory, access '${at('a')}'` }, 'nothing was written')
})

inFolder('paths may be buffers and file URLs', async (t, at) => {
  await fs.writeFile(Buffer.from(at('a')), 'x')
  t.equal(await fs.readFile(new URL(`file://${at('a')}`), 'utf8'), 'x', 'URL')
  await fs.writeFile(new URL(`file://${at('with%20space%C3%A9')}`), 'y')
  t.equal(await fs.readFile(at('with spaceé'), 'utf8'), 'y', 'escapes of a URL')
})

inFolder('odd names are names', async (t, at) => {
  const names = ['grüße', '世界', '🌍 globe', ' spaces ', 'a\nb\tc', "it's \"quoted\"", '100%', 'a%20b', '#hash?query', '\\back', 'e\u0301', '\u00e9', '-rf', '...', '$HOME', ';ls', 'con', '\u202eabc']
  for (const name of names) await fs.writeFile(at(name), name)
  const found = await fs.readdir(at('.'))
  t.deepEqual(found.sort(), [...names].sort(), 'all of them are listed')
  for (const name of names) t.equal(await fs.readFile(at(name), 'utf8'), name, JSON.stringify(name))
  const long = 'ü'.repeat(127)
  await fs.writeFile(at(long), 'long')
  t.equal(await fs.readFile(at(long), 'utf8'), 'long', '254 bytes are a name')
})

inFolder('files of the kernel are read to their end', async (t) => {
  const status = await fs.readFile('/proc/self/status', 'utf8')
  t.ok(/^Name:/.test(status) && /\nThreads:/.test(status), 'status')
  t.equal((await fs.stat('/proc/self/status')).size, 0, 'though its size is 0')
  t.ok((await fs.readFile('/proc/self/maps', 'utf8')).endsWith('\n'), 'maps')
  t.equal((await fs.readFile('/dev/null')).length, 0, '/dev/null')
})

inFolder('files on both sides of the limits of one call', async (t, at) => {
  for (const length of [(1 << 20) - 1, 1 << 20, (1 << 20) + 1, (4 << 20) - 1, 4 << 20, (4 << 20) + 4, (9 << 20) + 3]) {
    const bytes = pattern(length, length)
    await fs.writeFile(at('big'), bytes)
    t.equal((await fs.stat(at('big'))).size, length, `size ${length}`)
    t.equal(Buffer.compare(await fs.readFile(at('big')), bytes), 0, `bytes ${length}`)
  }
  await fs.appendFile(at('big'), pattern(5 << 20))
  t.equal((await fs.stat(at('big'))).size, (14 << 20) + 3, '5 MiB appended')
})

inFolder('a signal ends reading and writing', async (t, at) => {
  await fs.writeFile(at('a'), 'x')
  const early = AbortSignal.abort()
  await fails(t, fs.readFile(at('a'), { signal: early }), { name: 'AbortError', code: 'ABORT_ERR' }, 'readFile, aborted before')
  await fails(t, fs.writeFile(at('b'), 'x', { signal: early }), { name: 'AbortError', code: 'ABORT_ERR' }, 'writeFile, aborted before')
  await fails(t, fs.access(at('b')), { code: 'ENOENT' }, 'and nothing was written')
  const controller = new AbortController()
  const reading = fs.readFile(at('a'), { signal: controller.signal })
  controller.abort(new Error('enough'))
  await fails(t, reading, { name: 'AbortError', code: 'ABORT_ERR', message: 'The operation was aborted' }, 'readFile, aborted meanwhile')
  t.equal(await fs.readFile(at('a'), { encoding: 'utf8', signal: new AbortController().signal }), 'x', 'a signal that stays quiet')
})

inFolder('a thousand reads are in flight at once', async (t, at) => {
  await Promise.all(Array.from({ length: 20 }, (_, index) => fs.writeFile(at(String(index)), `file ${index}`)))
  const texts = await Promise.all(Array.from({ length: 1000 }, (_, index) => fs.readFile(at(String(index % 20)), 'utf8')))
  t.ok(texts.every((text, index) => text === `file ${index % 20}`), 'each gets its own')
})
