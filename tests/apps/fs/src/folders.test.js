/** Folders, by promises. */
import * as fs from 'socket:fs/promises'
import { Buffer } from 'socket:buffer'
import { fails, inFolder } from './helpers.js'

/** Files in three levels, and a link. */
async function plant (at) {
  await fs.mkdir(at('a', 'b'), { recursive: true })
  await fs.writeFile(at('one'), '')
  await fs.writeFile(at('a', 'two'), '')
  await fs.writeFile(at('a', 'b', 'three'), '')
  await fs.symlink('one', at('link'))
}

inFolder('mkdir makes one folder, or all that are missing', async (t, at) => {
  t.equal(await fs.mkdir(at('a')), undefined, 'one')
  await fails(t, fs.mkdir(at('a')), {
    code: 'EEXIST', syscall: 'mkdir', path: at('a'), message: `EEXIST: file already exists, mkdir '${at('a')}'`
  }, 'twice')
  await fails(t, fs.mkdir(at('x', 'y')), { code: 'ENOENT', syscall: 'mkdir', path: at('x', 'y') }, 'below nothing')
  t.equal(await fs.mkdir(at('x', 'y', 'z'), { recursive: true }), at('x'), 'recursive tells the first that it made')
  t.equal(await fs.mkdir(at('x', 'y', 'z'), { recursive: true }), undefined, 'and nothing if all were there')
  t.equal(await fs.mkdir(at('x', 'y', 'w'), { recursive: true }), at('x', 'y', 'w'), 'or the only one')
  await fs.mkdir(at('private'), { mode: 0o700 })
  t.equal((await fs.stat(at('private'))).mode & 0o777, 0o700, 'mode')
  await fs.mkdir(at('number'), 0o711)
  t.equal((await fs.stat(at('number'))).mode & 0o777, 0o711, 'mode as a number')
  await fs.writeFile(at('file'), '')
  await fails(t, fs.mkdir(at('file'), { recursive: true }), { code: 'EEXIST', syscall: 'mkdir', path: at('file') }, 'a file is in the way')
  await fails(t, fs.mkdir(at('file', 'below'), { recursive: true }), { code: 'ENOTDIR', syscall: 'mkdir', path: at('file', 'below') }, 'below a file')
})

inFolder('rmdir removes an empty folder', async (t, at) => {
  await fs.mkdir(at('a', 'b'), { recursive: true })
  await fails(t, fs.rmdir(at('a')), {
    code: 'ENOTEMPTY', syscall: 'rmdir', path: at('a'), message: `ENOTEMPTY: directory not empty, rmdir '${at('a')}'`
  }, 'not a full one')
  t.equal(await fs.rmdir(at('a', 'b')), undefined, 'an empty one')
  await fs.writeFile(at('file'), '')
  await fails(t, fs.rmdir(at('file')), { code: 'ENOTDIR', syscall: 'rmdir', path: at('file') }, 'not a file')
  await fails(t, fs.rmdir(at('none')), { code: 'ENOENT', syscall: 'rmdir', path: at('none') }, 'not nothing')
})

inFolder('readdir lists names', async (t, at) => {
  await plant(at)
  t.deepEqual((await fs.readdir(at('.'))).sort(), ['a', 'link', 'one'], 'one level')
  t.deepEqual(await fs.readdir(at('a', 'b')), ['three'], 'a lower one')
  const all = (await fs.readdir(at('.'), { recursive: true })).sort()
  t.deepEqual(all, ['a', 'a/b', 'a/b/three', 'a/two', 'link', 'one'], 'recursive')
  const buffers = await fs.readdir(at('a', 'b'), 'buffer')
  t.ok(Buffer.isBuffer(buffers[0]) && buffers[0].toString() === 'three', 'as buffers')
  await fs.mkdir(at('empty'))
  t.deepEqual(await fs.readdir(at('empty')), [], 'an empty folder')
  await fails(t, fs.readdir(at('none')), {
    code: 'ENOENT', syscall: 'scandir', path: at('none'), message: `ENOENT: no such file or directory, scandir '${at('none')}'`
  }, 'no folder')
  await fails(t, fs.readdir(at('one')), { code: 'ENOTDIR', syscall: 'scandir', path: at('one') }, 'a file')
})

inFolder('readdir gives entries with types', async (t, at) => {
  await plant(at)
  const entries = await fs.readdir(at('.'), { withFileTypes: true })
  const kinds = Object.fromEntries(entries.map((entry) => [entry.name, [entry.isFile(), entry.isDirectory(), entry.isSymbolicLink()]]))
  t.deepEqual(kinds, { a: [false, true, false], link: [false, false, true], one: [true, false, false] }, 'kinds')
  t.ok(entries.every((entry) => entry.parentPath === at('.')), 'parentPath')
  const deep = await fs.readdir(at('.'), { withFileTypes: true, recursive: true })
  const three = deep.find((entry) => entry.name === 'three')
  t.equal(three.parentPath, at('a', 'b'), 'parentPath of a deep one')
  t.equal(deep.length, 6, 'all of them')
})

inFolder('a large folder is listed whole', async (t, at) => {
  const names = Array.from({ length: 600 }, (_, index) => `file-${String(index).padStart(3, '0')}`)
  await Promise.all(names.map((name) => fs.writeFile(at(name), name)))
  t.deepEqual((await fs.readdir(at('.'))).sort(), names, 'readdir')
  const found = []
  for await (const entry of await fs.opendir(at('.'))) found.push(entry.name)
  t.deepEqual(found.sort(), names, 'opendir')
})

inFolder('opendir reads entry by entry', async (t, at) => {
  await plant(at)
  const dir = await fs.opendir(at('.'))
  t.equal(dir.path, at('.'), 'path')
  const names = []
  for (let entry = await dir.read(); entry !== null; entry = await dir.read()) names.push(entry.name)
  t.deepEqual(names.sort(), ['a', 'link', 'one'], 'read')
  t.equal(await dir.read(), null, 'null at the end')
  t.equal(await dir.close(), undefined, 'close')
  await fails(t, () => dir.close(), { name: 'Error', code: 'ERR_DIR_CLOSED', message: 'Directory handle was closed' }, 'close twice')
  await fails(t, () => dir.read(), { code: 'ERR_DIR_CLOSED' }, 'read after close')
  const left = await fs.opendir(at('.'))
  for await (const entry of left) {
    t.ok(entry.name, 'a loop')
    break
  }
  await fails(t, () => left.close(), { code: 'ERR_DIR_CLOSED' }, 'a loop that is left closes')
  await fails(t, fs.opendir(at('none')), {
    code: 'ENOENT', syscall: 'opendir', path: at('none'), message: `ENOENT: no such file or directory, opendir '${at('none')}'`
  }, 'no folder')
  await fails(t, fs.opendir(at('one')), { code: 'ENOTDIR', syscall: 'opendir' }, 'a file')
})

inFolder('mkdtemp makes a folder with a new name', async (t, at) => {
  const first = await fs.mkdtemp(at('prefix-'))
  const second = await fs.mkdtemp(at('prefix-'))
  t.ok(first.startsWith(at('prefix-')) && first.length === at('prefix-').length + 6, 'six more characters')
  t.notEqual(first, second, 'new each time')
  t.equal((await fs.stat(first)).mode & 0o777, 0o700, 'for nobody else')
  await fails(t, fs.mkdtemp(at('none', 'x')), { code: 'ENOENT', syscall: 'mkdtemp' }, 'below nothing')
})

inFolder('cp copies a tree', async (t, at) => {
  await plant(at)
  await fs.cp(at('a'), at('copy'), { recursive: true })
  t.deepEqual((await fs.readdir(at('copy'), { recursive: true })).sort(), ['b', 'b/three', 'two'], 'all of it')
  await fails(t, fs.cp(at('a'), at('copy2')), { code: 'ERR_FS_EISDIR' }, 'a folder needs recursive')
})
