/** What is known of a path and done to it, by promises. */
import * as fs from 'socket:fs/promises'
import { constants } from 'socket:fs'
import { fails, inFolder } from './helpers.js'

inFolder('stat describes a file', async (t, at) => {
  await fs.writeFile(at('file'), '12345', { mode: 0o640 })
  const stats = await fs.stat(at('file'))
  t.ok(stats.isFile() && !stats.isDirectory() && !stats.isSymbolicLink(), 'it is a file')
  t.ok(!stats.isFIFO() && !stats.isSocket() && !stats.isBlockDevice() && !stats.isCharacterDevice(), 'and nothing else')
  t.equal(stats.size, 5, 'size')
  t.equal(stats.mode, 0o100640, 'mode')
  t.equal(stats.nlink, 1, 'links')
  t.ok(Number.isInteger(stats.ino) && stats.ino > 0 && Number.isInteger(stats.dev), 'ino and dev')
  t.ok(Number.isInteger(stats.uid) && Number.isInteger(stats.gid) && Number.isInteger(stats.rdev), 'uid, gid, rdev')
  t.ok(stats.blksize > 0 && stats.blocks >= 0, 'blocks')
  for (const name of ['atime', 'mtime', 'ctime', 'birthtime']) {
    t.ok(stats[name] instanceof Date, `${name} is a date`)
    t.ok(Math.abs(stats[name].getTime() - stats[`${name}Ms`]) <= 1, `${name}Ms says the same`)
    t.ok(Math.abs(Date.now() - stats[`${name}Ms`]) < 60_000, `${name} is now`)
  }
  const big = await fs.stat(at('file'), { bigint: true })
  t.equal(typeof big.size, 'bigint', 'bigint: size')
  t.equal(big.size, 5n, 'bigint: value')
  t.equal(typeof big.mtimeNs, 'bigint', 'bigint: nanoseconds')
  t.ok(big.isFile(), 'bigint: kind')
  t.ok((await fs.stat(at('.'))).isDirectory(), 'a folder')
  t.ok((await fs.stat('/dev/null')).isCharacterDevice(), 'a device')
  await fails(t, fs.stat(at('none')), {
    code: 'ENOENT', syscall: 'stat', path: at('none'), message: `ENOENT: no such file or directory, stat '${at('none')}'`
  }, 'nothing there')
})

inFolder('links are made, read and followed', async (t, at) => {
  await fs.writeFile(at('file'), 'content')
  t.equal(await fs.symlink('file', at('link')), undefined, 'symlink')
  t.equal(await fs.readlink(at('link')), 'file', 'readlink gives what was written')
  t.equal(await fs.readFile(at('link'), 'utf8'), 'content', 'reading follows it')
  t.ok((await fs.stat(at('link'))).isFile(), 'stat follows it')
  t.ok((await fs.lstat(at('link'))).isSymbolicLink(), 'lstat does not')
  t.equal((await fs.lstat(at('link'))).size, 4, 'its size is that of the target\'s name')
  t.equal(await fs.realpath(at('link')), await fs.realpath(at('file')), 'realpath')
  await fs.symlink('ünï 世', at('broken'))
  t.equal(await fs.readlink(at('broken')), 'ünï 世', 'a target that is not there')
  t.equal((await fs.readlink(at('broken'), 'buffer')).toString(), 'ünï 世', 'as a buffer')
  await fails(t, fs.stat(at('broken')), { code: 'ENOENT', syscall: 'stat', path: at('broken') }, 'stat of a broken link')
  await fails(t, fs.readlink(at('file')), {
    code: 'EINVAL', syscall: 'readlink', path: at('file'), message: `EINVAL: invalid argument, readlink '${at('file')}'`
  }, 'readlink of a file')
  await fails(t, fs.symlink('file', at('link')), {
    code: 'EEXIST', syscall: 'symlink', path: 'file', dest: at('link'), message: `EEXIST: file already exists, symlink 'file' -> '${at('link')}'`
  }, 'symlink over a link')
  await fails(t, fs.realpath(at('none')), { code: 'ENOENT', syscall: 'realpath', path: at('none') }, 'realpath of nothing')
  await fs.symlink('loop', at('loop'))
  await fails(t, fs.readFile(at('loop')), { code: 'ELOOP', syscall: 'open' }, 'a link to itself')
  await fs.unlink(at('link'))
  t.equal(await fs.readFile(at('file'), 'utf8'), 'content', 'unlink leaves the target')
})

inFolder('a file has as many names as links', async (t, at) => {
  await fs.writeFile(at('a'), 'x')
  await fs.link(at('a'), at('b'))
  t.equal((await fs.stat(at('a'))).nlink, 2, 'two names')
  await fs.unlink(at('a'))
  t.equal(await fs.readFile(at('b'), 'utf8'), 'x', 'one is left')
  await fails(t, fs.link(at('a'), at('c')), { code: 'ENOENT', syscall: 'link', path: at('a'), dest: at('c') }, 'link to nothing')
})

inFolder('rename moves files and folders', async (t, at) => {
  await fs.writeFile(at('a'), 'new')
  await fs.writeFile(at('b'), 'old')
  t.equal(await fs.rename(at('a'), at('b')), undefined, 'rename')
  t.equal(await fs.readFile(at('b'), 'utf8'), 'new', 'replaces what was there')
  await fails(t, fs.rename(at('a'), at('c')), {
    code: 'ENOENT', syscall: 'rename', path: at('a'), dest: at('c'), message: `ENOENT: no such file or directory, rename '${at('a')}' -> '${at('c')}'`
  }, 'nothing to rename')
  await fs.mkdir(at('folder'))
  await fs.rename(at('folder'), at('moved'))
  t.ok((await fs.stat(at('moved'))).isDirectory(), 'a folder')
  await fails(t, fs.rename(at('moved'), at('moved', 'inside')), { code: 'EINVAL', syscall: 'rename' }, 'into itself')
  await fails(t, fs.rename(at('b'), at('moved')), { code: 'EISDIR', syscall: 'rename' }, 'a file over a folder')
})

inFolder('copyFile copies bytes and mode', async (t, at) => {
  await fs.writeFile(at('a'), 'content', { mode: 0o700 })
  t.equal(await fs.copyFile(at('a'), at('b')), undefined, 'copyFile')
  t.equal(await fs.readFile(at('b'), 'utf8'), 'content', 'content')
  t.equal((await fs.stat(at('b'))).mode & 0o777, 0o700, 'mode')
  await fs.writeFile(at('b'), 'longer than before')
  await fs.copyFile(at('a'), at('b'))
  t.equal(await fs.readFile(at('b'), 'utf8'), 'content', 'replaces')
  await fails(t, fs.copyFile(at('a'), at('b'), constants.COPYFILE_EXCL), {
    code: 'EEXIST', syscall: 'copyfile', path: at('a'), dest: at('b'), message: `EEXIST: file already exists, copyfile '${at('a')}' -> '${at('b')}'`
  }, 'unless told not to')
  await fails(t, fs.copyFile(at('none'), at('c')), { code: 'ENOENT', syscall: 'copyfile', path: at('none'), dest: at('c') }, 'nothing to copy')
})

inFolder('access and chmod speak of permissions', async (t, at) => {
  await fs.writeFile(at('a'), '')
  t.equal(await fs.access(at('a')), undefined, 'it is there')
  t.equal(await fs.access(at('a'), constants.R_OK | constants.W_OK), undefined, 'readable and writable')
  await fs.chmod(at('a'), 0o400)
  t.equal((await fs.stat(at('a'))).mode & 0o777, 0o400, 'chmod')
  await fs.chmod(at('a'), '755')
  t.equal((await fs.stat(at('a'))).mode & 0o777, 0o755, 'chmod with an octal string')
  await fs.access(at('a'), constants.X_OK)
  await fs.chmod(at('a'), 0o644)
  await fails(t, fs.access(at('a'), constants.X_OK), {
    code: 'EACCES', syscall: 'access', path: at('a'), message: `EACCES: permission denied, access '${at('a')}'`
  }, 'not executable, not even for root')
  await fails(t, fs.chmod(at('none'), 0o600), { code: 'ENOENT', syscall: 'chmod', path: at('none') }, 'nothing to change')
  await fails(t, () => fs.chmod(at('a')), { name: 'TypeError', code: 'ERR_INVALID_ARG_TYPE' }, 'no mode')
  await fails(t, () => fs.chmod(at('a'), -1), { name: 'RangeError', code: 'ERR_OUT_OF_RANGE' }, 'a negative mode')
})

inFolder('unlink and rm remove', async (t, at) => {
  await fs.writeFile(at('a'), '')
  t.equal(await fs.unlink(at('a')), undefined, 'unlink')
  await fails(t, fs.unlink(at('a')), {
    code: 'ENOENT', syscall: 'unlink', path: at('a'), message: `ENOENT: no such file or directory, unlink '${at('a')}'`
  }, 'twice')
  await fs.writeFile(at('b'), '')
  t.equal(await fs.rm(at('b')), undefined, 'rm')
  await fails(t, fs.rm(at('b')), { code: 'ENOENT', path: at('b') }, 'rm of nothing')
  t.equal(await fs.rm(at('b'), { force: true }), undefined, 'rm of nothing by force')
  await fs.mkdir(at('deep', 'er'), { recursive: true })
  await fs.writeFile(at('deep', 'er', 'file'), '')
  await fs.symlink(at('.'), at('deep', 'outside'))
  await fails(t, fs.rm(at('deep')), { name: 'SystemError', code: 'ERR_FS_EISDIR' }, 'rm of a folder')
  await fs.writeFile(at('keep'), '')
  t.equal(await fs.rm(at('deep'), { recursive: true }), undefined, 'rm of a tree')
  t.deepEqual(await fs.readdir(at('.')), ['keep'], 'does not follow links')
})

inFolder('times are set and read', async (t, at) => {
  await fs.writeFile(at('a'), '')
  await fs.utimes(at('a'), 1000.5, new Date(2_000_250))
  const stats = await fs.stat(at('a'))
  t.equal(stats.atimeMs, 1_000_500, 'atime from seconds')
  t.equal(stats.mtimeMs, 2_000_250, 'mtime from a date')
  t.equal(stats.mtime.toISOString(), '1970-01-01T00:33:20.250Z', 'as a date')
  await fs.truncate(at('a'), 4)
  t.deepEqual([...await fs.readFile(at('a'))], [0, 0, 0, 0], 'truncate fills up with zeros')
  await fs.truncate(at('a'))
  t.equal((await fs.stat(at('a'))).size, 0, 'truncate to nothing')
})
