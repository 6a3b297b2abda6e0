/** Open files. */
import * as fs from 'socket:fs/promises'
import { Buffer } from 'socket:buffer'
import { fails, inFolder, pattern } from './helpers.js'

inFolder('a handle reads and writes where it stands', async (t, at) => {
  const file = await fs.open(at('a'), 'w+')
  t.ok(Number.isInteger(file.fd) && file.fd > 2, 'fd')
  const written = await file.write('héllo')
  t.equal(written.bytesWritten, 6, 'bytes, not letters')
  t.equal(written.buffer, 'héllo', 'what was written')
  await file.write(Buffer.from('0123456789'), 2, 3)
  await file.write(Buffer.from('XY'), 0, 2, 0)
  await file.write('Z', 2)
  t.equal(await fs.readFile(at('a'), 'latin1'), 'XYZllo234', 'readable while open')
  const buffer = Buffer.alloc(4)
  const first = await file.read(buffer, 0, 4, 0)
  t.equal(first.bytesRead, 4, 'read at a position')
  t.ok(first.buffer === buffer, 'into the buffer that was given')
  t.equal(buffer.toString('latin1', 0, 3), 'XYZ', 'what is there')
  const end = await file.read(buffer, 0, 4, null)
  t.equal(end.bytesRead, 0, 'the current position is at the end')
  t.equal((await file.read(buffer, 0, 4, 100)).bytesRead, 0, 'nothing beyond the end')
  t.equal(await file.close(), undefined, 'close')
})

inFolder('read takes its arguments in every form', async (t, at) => {
  await fs.writeFile(at('a'), '0123456789')
  const file = await fs.open(at('a'))
  t.equal((await file.read(Buffer.alloc(3))).buffer.toString(), '012', 'a buffer')
  t.equal((await file.read({ buffer: Buffer.alloc(3) })).buffer.toString(), '345', 'an object')
  const part = await file.read(Buffer.from('......'), { offset: 2, length: 2, position: 8 })
  t.equal(part.buffer.toString(), '..89..', 'a buffer and an object')
  const rest = await file.read()
  t.equal(rest.bytesRead, 4, 'nothing: the current position')
  t.equal(rest.buffer.length, 16384, 'and a buffer of 16 KiB')
  t.equal((await file.read(new Uint8Array(0))).bytesRead, 0, 'an empty buffer')
  await fails(t, () => file.read(Buffer.alloc(4), 5), { name: 'RangeError', code: 'ERR_OUT_OF_RANGE' }, 'an offset beyond the buffer')
  await fails(t, () => file.read(Buffer.alloc(4), 0, 5), { name: 'RangeError', code: 'ERR_OUT_OF_RANGE' }, 'more than the buffer holds')
  await fails(t, () => file.read('text'), { name: 'TypeError', code: 'ERR_INVALID_ARG_TYPE' }, 'a string is no buffer')
  await fails(t, file.write('x'), { code: 'EBADF', syscall: 'write', message: 'EBADF: bad file descriptor, write' }, 'it is for reading only')
  await file.close()
})

inFolder('a handle has what the functions have', async (t, at) => {
  const file = await fs.open(at('a'), 'a+', 0o600)
  t.equal((await file.stat()).mode & 0o777, 0o600, 'mode')
  await file.appendFile('one ')
  await file.writeFile('two')
  t.equal((await file.stat()).size, 7, 'stat')
  await file.truncate(5)
  t.equal((await file.stat()).size, 5, 'truncate')
  await file.truncate()
  t.equal((await file.stat()).size, 0, 'truncate to nothing')
  await file.chmod(0o640)
  t.equal((await file.stat()).mode & 0o777, 0o640, 'chmod')
  await file.utimes(1, 2)
  t.equal((await file.stat()).mtimeMs, 2000, 'utimes')
  t.equal(await file.sync(), undefined, 'sync')
  t.equal(await file.datasync(), undefined, 'datasync')
  await file.writev([Buffer.from('ab'), Buffer.from('cd')])
  t.equal(await fs.readFile(at('a'), 'utf8'), 'abcd', 'writev')
  const buffers = [Buffer.alloc(1), Buffer.alloc(3)]
  t.equal((await file.readv(buffers, 0)).bytesRead, 4, 'readv')
  t.equal(Buffer.concat(buffers).toString(), 'abcd', 'what readv read')
  await file.close()
})

inFolder('a handle reads what is left', async (t, at) => {
  await fs.writeFile(at('a'), 'one\ntwo\r\nthree')
  const file = await fs.open(at('a'))
  await file.read(Buffer.alloc(4))
  t.equal(await file.readFile('utf8'), 'two\r\nthree', 'readFile starts where the handle stands')
  t.equal(await file.readFile('utf8'), '', 'and then nothing is left')
  await file.close()
  const lines = []
  const again = await fs.open(at('a'))
  for await (const line of again.readLines()) lines.push(line)
  t.deepEqual(lines, ['one', 'two', 'three'], 'readLines')
})

inFolder('a handle is closed once', async (t, at) => {
  const file = await fs.open(at('a'), 'w')
  await Promise.all([file.close(), file.close()])
  t.equal(file.fd, -1, 'fd afterwards')
  t.equal(await file.close(), undefined, 'closing again does nothing')
  await fails(t, file.stat(), { name: 'Error', code: 'EBADF', syscall: 'fstat', message: 'file closed' }, 'stat after close')
  await fails(t, file.write('x'), { code: 'EBADF', syscall: 'write' }, 'write after close')
  await fails(t, file.read(Buffer.alloc(1)), { code: 'EBADF', syscall: 'read' }, 'read after close')
})

inFolder('opening fails as in Node', async (t, at) => {
  await fails(t, fs.open(at('none')), {
    code: 'ENOENT', syscall: 'open', path: at('none'), errno: -2, message: `ENOENT: no such file or directory, open '${at('none')}'`
  }, 'nothing there')
  await fs.writeFile(at('a'), '')
  await fails(t, fs.open(at('a'), 'wx'), { code: 'EEXIST', syscall: 'open', path: at('a') }, 'exclusive')
  await fails(t, fs.open(at('.'), 'w'), { code: 'EISDIR', syscall: 'open' }, 'a folder for writing')
  const folder = await fs.open(at('.'))
  t.ok((await folder.stat()).isDirectory(), 'a folder for reading')
  await fails(t, folder.read(Buffer.alloc(1)), { code: 'EISDIR', syscall: 'read', message: 'EISDIR: illegal operation on a directory, read' }, 'which holds no bytes')
  await folder.close()
  const numeric = await fs.open(at('b'), fs.constants.O_RDWR | fs.constants.O_CREAT)
  await numeric.write('x')
  await numeric.close()
  t.equal(await fs.readFile(at('b'), 'utf8'), 'x', 'flags as a number')
})

inFolder('appending goes to the end, whatever the position', async (t, at) => {
  await fs.writeFile(at('a'), 'one')
  const file = await fs.open(at('a'), 'a')
  await file.write('two', 0)
  await file.close()
  t.equal(await fs.readFile(at('a'), 'utf8'), 'onetwo', 'O_APPEND')
})

inFolder('many handles are independent', async (t, at) => {
  const files = await Promise.all(Array.from({ length: 50 }, (_, index) => fs.open(at(String(index)), 'w+')))
  t.equal(new Set(files.map((file) => file.fd)).size, 50, 'each has its own fd')
  await Promise.all(files.map((file, index) => file.write(`file ${index}`)))
  const texts = await Promise.all(files.map(async (file) => (await file.read(Buffer.alloc(7), 0, 7, 0)).buffer.toString().replace(/\0/g, '')))
  t.ok(texts.every((text, index) => text === `file ${index}`), 'and its own bytes')
  await Promise.all(files.map((file) => file.close()))
})

inFolder('large pieces go through a handle', async (t, at) => {
  const bytes = pattern(9_000_001)
  const file = await fs.open(at('a'), 'w+')
  t.equal((await file.write(bytes, 0, bytes.length, 0)).bytesWritten, bytes.length, 'one write')
  const found = Buffer.alloc(bytes.length)
  t.equal((await file.read(found, 0, found.length, 0)).bytesRead, bytes.length, 'one read')
  t.equal(Buffer.compare(found, bytes), 0, 'the same bytes')
  await file.close()
})
