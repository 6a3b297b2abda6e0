/**
 * @module fs/sync
 *
 * Files and folders, blocking. The page stands still meanwhile: prefer `socket:fs/promises`.
 */
import { notSupported } from 'socket:internal/unsupported'
import { toBytes, toInteger, toMilliseconds, toMode, toOptions } from 'socket:internal/fs-args'
import { parseRead, parseWrite } from 'socket:internal/fs-io'
import { checkCopy, copySync } from 'socket:fs/copy'
import * as files from 'socket:fs/files'
import { FileHandle } from 'socket:fs/handle'
import * as op from 'socket:fs/operations'
import { READ_BYTES } from 'socket:fs/transfer'
import fds from 'socket:fs/fds'

const { runSync } = op

function handleOf (fd, syscall) {
  const handle = fd instanceof FileHandle ? fd : fds.handle(toInteger(fd, 'fd'), syscall)
  handle._check(syscall)
  return handle
}

function isOpen (path) {
  return Number.isInteger(path) || path instanceof FileHandle
}

/** Tells if a file can be used in the given way. */
export function accessSync (path, mode) { runSync(op.access(path, mode)) }

/** Adds data to a file, which is created if need be. */
export function appendFileSync (path, data, options) {
  if (isOpen(path)) return writeOpenSync(path, data, options)
  files.writeFileSync(files.checkWrite(path, data, options, 'a'))
}

/** Changes the permissions of a file. */
export function chmodSync (path, mode) { runSync(op.chmod(path, mode)) }

/** Changes the owner of a file. */
export function chownSync (path, uid, gid) { runSync(op.chown(path, uid, gid)) }

/** Closes a descriptor. */
export function closeSync (fd) { handleOf(fd, 'close')._closeSync() }

/** Copies a file. */
export function copyFileSync (src, dest, flags) { runSync(op.copyFile(src, dest, flags)) }

/** Copies a file, or a folder with all that is in it. */
export function cpSync (src, dest, options) { copySync(checkCopy(src, dest, options)) }

/** Tells if something is there. */
export function existsSync (path) {
  try {
    runSync(op.access(path))
    return true
  } catch {
    return false
  }
}

/** Changes the permissions of an open file. */
export function fchmodSync (fd, mode) {
  runSync({ command: 'fs.fchmod', params: { id: handleOf(fd, 'fchmod').id, mode: toMode(mode) } })
}

/** Not supported: changes the owner of an open file. */
export function fchownSync () { throw notSupported('fs.fchownSync') }

/** Waits until an open file's contents are on the disk. */
export function fdatasyncSync (fd) {
  runSync({ command: 'fs.fdatasync', params: { id: handleOf(fd, 'fdatasync').id } })
}

/** Describes an open file. */
export function fstatSync (fd, options) { return files.fstatSync(handleOf(fd, 'fstat').id, options) }

/** Waits until all of an open file is on the disk. */
export function fsyncSync (fd) {
  runSync({ command: 'fs.fsync', params: { id: handleOf(fd, 'fsync').id } })
}

/** Cuts an open file off, or fills it with zeros, at a length. */
export function ftruncateSync (fd, length = 0) {
  const params = { id: handleOf(fd, 'ftruncate').id, length: toInteger(length, 'len') }
  runSync({ command: 'fs.ftruncate', params })
}

/** Sets the times of an open file. */
export function futimesSync (fd, atime, mtime) {
  const times = { atimeMs: toMilliseconds(atime, 'atime'), mtimeMs: toMilliseconds(mtime, 'mtime') }
  runSync({ command: 'fs.futimes', params: { id: handleOf(fd, 'futime').id, ...times } })
}

/** Not supported: changes the permissions of a link itself. */
export function lchmodSync () { throw notSupported('fs.lchmodSync') }

/** Changes the owner of a link itself. */
export function lchownSync (path, uid, gid) { runSync(op.lchown(path, uid, gid)) }

/** Gives a file a second name. */
export function linkSync (existingPath, newPath) { runSync(op.link(existingPath, newPath)) }

/** Describes a file, or a link itself. */
export function lstatSync (path, options) { return statWith(op.lstat, path, options) }

/** Not supported: sets the times of a link itself. */
export function lutimesSync () { throw notSupported('fs.lutimesSync') }

/** Makes a folder, with `recursive` also those above it. */
export function mkdirSync (path, options) { return runSync(op.mkdir(path, options)) }

/** Makes a folder with a name of its own. */
export function mkdtempSync (prefix, options) { return runSync(op.mkdtemp(prefix, options)) }

/** Gives the descriptor's number. */
export function openSync (path, flags, mode) {
  const operation = op.open(path, flags, mode)
  const { id, fd } = runSync(operation)
  fds.attach(fd, new FileHandle({ id, fd, ...operation.params }), true)
  return fd
}

/** Not supported: opens a folder. */
export function opendirSync () { throw notSupported('fs.opendirSync') }

/** Lists what is in a folder. */
export function readdirSync (path, options) { return runSync(op.readdir(path, options)) }

/** Reads a whole file. */
export function readFileSync (path, options) {
  if (isOpen(path)) throw notSupported('fs.readFileSync of an open file')
  return files.readFileSync(files.checkRead(path, options))
}

/** Says where a link points to. */
export function readlinkSync (path, options) { return runSync(op.readlink(path, options)) }

/** Reads bytes of an open file into a buffer. */
export function readSync (fd, buffer, offset, length, position) {
  const { target, position: from } = parseRead(buffer, offset, length, position)
  const { id } = handleOf(fd, 'read')
  let at = 0
  while (at < target.length) {
    const wanted = Math.min(READ_BYTES, target.length - at)
    const bytes = files.readSync(id, wanted, from === null ? null : from + at)
    target.set(bytes, at)
    at += bytes.length
    if (bytes.length < wanted) break
  }
  return at
}

/** Not supported: reads into several buffers. */
export function readvSync () { throw notSupported('fs.readvSync') }

/** Gives the absolute path without any links. */
export function realpathSync (path, options) { return runSync(op.realpath(path, options)) }
realpathSync.native = realpathSync

/** Gives a file another name or place. */
export function renameSync (oldPath, newPath) { runSync(op.rename(oldPath, newPath)) }

/** Removes a file, or with `recursive` a folder with all that is in it. */
export function rmSync (path, options) { runSync(op.rm(path, options)) }

/** Removes an empty folder. */
export function rmdirSync (path, options) { runSync(op.rmdir(path, options)) }

/** Not supported: describes a whole file system. */
export function statfsSync () { throw notSupported('fs.statfsSync') }

/** Describes a file. */
export function statSync (path, options) { return statWith(op.stat, path, options) }

/** Makes a link. */
export function symlinkSync (target, path) { runSync(op.symlink(target, path)) }

/** Cuts a file off, or fills it with zeros, at a length. */
export function truncateSync (path, length) { runSync(op.truncate(path, length)) }

/** Removes a file or a link. */
export function unlinkSync (path) { runSync(op.unlink(path)) }

/** Sets the times of the last use and the last change. */
export function utimesSync (path, atime, mtime) { runSync(op.utimes(path, atime, mtime)) }

/** Writes a whole file, which is created if need be. */
export function writeFileSync (path, data, options) {
  if (isOpen(path)) return writeOpenSync(path, data, options)
  files.writeFileSync(files.checkWrite(path, data, options))
}

/** Writes bytes or a string to an open file. */
export function writeSync (fd, buffer, offset, length, position) {
  const { source, position: at } = parseWrite(buffer, offset, length, position)
  return files.writeSync(handleOf(fd, 'write').id, source, at)
}

/** Not supported: writes several buffers. */
export function writevSync () { throw notSupported('fs.writevSync') }

function writeOpenSync (fd, data, options) {
  const { encoding } = toOptions(options)
  writeSync(fd, toBytes(data, encoding))
}

/** `throwIfNoEntry: false` gives undefined where nothing is. */
function statWith (describe, path, options) {
  try {
    return runSync(describe(path, options))
  } catch (error) {
    const isMissing = error.code === 'ENOENT' || error.code === 'ENOTDIR'
    if (options?.throwIfNoEntry === false && isMissing) return undefined
    throw error
  }
}
