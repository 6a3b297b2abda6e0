/** The forms with a callback, and those that block. */
import fs from 'socket:fs'
import { Buffer } from 'socket:buffer'
import { called, inFolder, pattern } from './helpers.js'

inFolder('callbacks get what promises resolve with', async (t, at) => {
  t.deepEqual(await called(fs.writeFile, at('a'), 'one'), [null], 'writeFile')
  t.deepEqual(await called(fs.appendFile, at('a'), ' two'), [null], 'appendFile')
  t.deepEqual(await called(fs.readFile, at('a'), 'utf8'), [null, 'one two'], 'readFile')
  const [, stats] = await called(fs.stat, at('a'))
  t.equal(stats.size, 7, 'stat')
  t.deepEqual(await called(fs.mkdir, at('f')), [null], 'mkdir')
  t.deepEqual((await called(fs.mkdir, at('g', 'h'), { recursive: true })).slice(0, 2), [null, at('g')], 'mkdir recursive')
  t.deepEqual(await called(fs.rename, at('a'), at('f', 'b')), [null], 'rename')
  t.deepEqual(await called(fs.readdir, at('f')), [null, ['b']], 'readdir')
  t.deepEqual(await called(fs.copyFile, at('f', 'b'), at('c')), [null], 'copyFile')
  t.deepEqual(await called(fs.access, at('c')), [null], 'access')
  t.deepEqual(await called(fs.chmod, at('c'), 0o600), [null], 'chmod')
  t.deepEqual(await called(fs.symlink, 'c', at('l')), [null], 'symlink')
  t.deepEqual(await called(fs.readlink, at('l')), [null, 'c'], 'readlink')
  t.ok((await called(fs.lstat, at('l')))[1].isSymbolicLink(), 'lstat')
  t.ok((await called(fs.realpath, at('l')))[1].endsWith('/c'), 'realpath')
  t.deepEqual(await called(fs.unlink, at('l')), [null], 'unlink')
  t.deepEqual(await called(fs.truncate, at('c'), 1), [null], 'truncate')
  t.deepEqual(await called(fs.exists, at('c')), [true], 'exists')
  t.deepEqual(await called(fs.rm, at('c')), [null], 'rm')
  t.deepEqual(await called(fs.exists, at('c')), [false], 'exists no more')
  t.deepEqual(await called(fs.rmdir, at('g', 'h')), [null], 'rmdir')
})

inFolder('descriptors are numbers', async (t, at) => {
  const [error, fd] = await called(fs.open, at('a'), 'w+')
  t.ok(error === null && Number.isInteger(fd), 'open')
  t.deepEqual((await called(fs.write, fd, 'hello')).slice(0, 2), [null, 5], 'write')
  const buffer = Buffer.alloc(5)
  t.deepEqual((await called(fs.read, fd, buffer, 0, 5, 0)).slice(0, 2), [null, 5], 'read')
  t.equal(buffer.toString(), 'hello', 'what was read')
  t.equal((await called(fs.fstat, fd))[1].size, 5, 'fstat')
  t.deepEqual(await called(fs.ftruncate, fd, 2), [null], 'ftruncate')
  t.deepEqual(await called(fs.fsync, fd), [null], 'fsync')
  t.deepEqual(await called(fs.readFile, at('a'), 'utf8'), [null, 'he'], 'readFile')
  t.deepEqual(await called(fs.close, fd), [null], 'close')
  const [twice] = await called(fs.close, fd)
  t.equal(twice?.code, 'EBADF', 'close twice')
  t.equal(twice?.message, 'EBADF: bad file descriptor, close', 'and what it says')
})

inFolder('errors come to the callback, wrong arguments are thrown', async (t, at) => {
  const [error, data] = await called(fs.readFile, at('none'))
  t.deepEqual([error.code, error.syscall, error.path], ['ENOENT', 'open', at('none')], 'an error')
  t.equal(data, undefined, 'and no data')
  for (const [name, call] of Object.entries({
    'no callback': () => fs.readFile(at('a')),
    'a path that is none': () => fs.readFile(7.5, () => {}),
    'a callback that is none': () => fs.stat(at('a'), 7),
    'data that is none': () => fs.writeFile(at('a'), {}, () => {})
  })) t.throws(call, TypeError, name)
  let isLater = false
  const waiting = new Promise((resolve) => fs.stat(at('.'), () => { t.ok(isLater, 'a callback is never called at once'); resolve() }))
  isLater = true
  await waiting
})

inFolder('opendir and watch take callbacks', async (t, at) => {
  fs.writeFileSync(at('a'), '')
  const [, dir] = await called(fs.opendir, at('.'))
  t.equal((await called(dir.read.bind(dir)))[1].name, 'a', 'read')
  t.deepEqual(await called(dir.close.bind(dir)), [null], 'close')
})

inFolder('the blocking forms do the same', async (t, at) => {
  const all = Uint8Array.from({ length: 256 }, (_, index) => index)
  t.equal(fs.writeFileSync(at('a'), all), undefined, 'writeFileSync')
  t.deepEqual([...fs.readFileSync(at('a'))], [...all], 'readFileSync keeps every byte')
  fs.writeFileSync(at('t'), 'grüße 🌍')
  fs.appendFileSync(at('t'), '!')
  t.equal(fs.readFileSync(at('t'), 'utf8'), 'grüße 🌍!', 'text')
  t.ok(fs.existsSync(at('t')) && !fs.existsSync(at('none')), 'existsSync')
  t.equal(fs.statSync(at('t')).size, 13, 'statSync')
  t.equal(fs.statSync(at('none'), { throwIfNoEntry: false }), undefined, 'throwIfNoEntry')
  t.equal(fs.mkdirSync(at('x', 'y'), { recursive: true }), at('x'), 'mkdirSync')
  fs.renameSync(at('t'), at('x', 't'))
  t.deepEqual(fs.readdirSync(at('x')).sort(), ['t', 'y'], 'readdirSync')
  t.ok(fs.readdirSync(at('x'), { withFileTypes: true }).some((entry) => entry.isDirectory()), 'with types')
  fs.symlinkSync('t', at('x', 'l'))
  t.equal(fs.readlinkSync(at('x', 'l')), 't', 'readlinkSync')
  t.ok(fs.lstatSync(at('x', 'l')).isSymbolicLink(), 'lstatSync')
  t.ok(fs.realpathSync(at('x', 'l')).endsWith('/x/t'), 'realpathSync')
  fs.copyFileSync(at('x', 't'), at('c'))
  fs.chmodSync(at('c'), 0o600)
  t.equal(fs.statSync(at('c')).mode & 0o777, 0o600, 'chmodSync')
  t.equal(fs.accessSync(at('c')), undefined, 'accessSync')
  const fd = fs.openSync(at('d'), 'w+')
  t.equal(fs.writeSync(fd, 'hello'), 5, 'writeSync')
  const buffer = Buffer.alloc(5)
  t.equal(fs.readSync(fd, buffer, 0, 5, 0), 5, 'readSync')
  t.equal(buffer.toString(), 'hello', 'what was read')
  t.equal(fs.fstatSync(fd).size, 5, 'fstatSync')
  fs.ftruncateSync(fd, 1)
  fs.closeSync(fd)
  t.equal(fs.statSync(at('d')).size, 1, 'ftruncateSync')
  fs.unlinkSync(at('d'))
  fs.rmSync(at('x'), { recursive: true })
  fs.mkdirSync(at('e'))
  fs.rmdirSync(at('e'))
  t.deepEqual(fs.readdirSync(at('.')).sort(), ['a', 'c'], 'what is left')
})

inFolder('the blocking forms throw', async (t, at) => {
  const caught = (call) => {
    try {
      call()
    } catch ({ code, syscall, path, message }) {
      return { code, syscall, path, message }
    }
  }
  t.deepEqual(caught(() => fs.readFileSync(at('none'))), {
    code: 'ENOENT', syscall: 'open', path: at('none'), message: `ENOENT: no such file or directory, open '${at('none')}'`
  }, 'readFileSync')
  t.equal(caught(() => fs.mkdirSync(at('.')))?.code, 'EEXIST', 'mkdirSync')
  t.equal(caught(() => fs.readFileSync('a\0b'))?.code, 'ERR_INVALID_ARG_VALUE', 'NUL')
  t.equal(caught(() => fs.closeSync(9999))?.code, 'EBADF', 'closeSync')
})

inFolder('a large file is read and written by the blocking forms', async (t, at) => {
  const bytes = pattern(6_000_001)
  fs.writeFileSync(at('big'), bytes)
  t.equal(Buffer.compare(fs.readFileSync(at('big')), bytes), 0, 'byte by byte')
})
