/**
 * @module fs/sync
 *
 * Files and folders, blocking. The page stands still meanwhile: prefer `socket:fs/promises`.
 */
import { notSupported } from 'socket:internal/unsupported'
import { toInteger } from 'socket:internal/fs-args'
import { parseRead, parseWrite } from 'socket:internal/fs-io'
import { kClosed, kClosing } from 'socket:internal/fs-handle'
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
  return typeof path === 'number' || path instanceof FileHandle
}

export function accessSync (path, mode) { runSync(op.access(path, mode)) }

export function appendFileSync (path, data, options) {
  if (isOpen(path)) return void writeSync(path, data)
  files.writeFileSync(files.checkWrite(path, data, options, 'a'))
}

export function chmodSync (path, mode) { runSync(op.chmod(path, mode)) }

export function chownSync (path, uid, gid) { runSync(op.chown(path, uid, gid)) }

export function closeSync (fd) {
  const handle = handleOf(fd, 'close')
  handle[kClosing] = Promise.resolve()
  fds.release(handle.id, false)
  runSync({ command: 'fs.close', params: { id: handle.id } })
  handle[kClosed] = true
  handle.fd = -1
}

export function copyFileSync (src, dest, flags) { runSync(op.copyFile(src, dest, flags)) }

export function cpSync (src, dest, options) { copySync(checkCopy(src, dest, options)) }

export function existsSync (path) {
  try {
    runSync(op.access(path))
    return true
  } catch {
    return false
  }
}

export function fchmodSync () { throw notSupported('fs.fchmodSync') }

export function fchownSync () { throw notSupported('fs.fchownSync') }

export function fdatasyncSync (fd) {
  runSync({ command: 'fs.fdatasync', params: { id: handleOf(fd, 'fdatasync').id } })
}

export function fstatSync (fd, options) { return files.fstatSync(handleOf(fd, 'fstat').id, options) }

export function fsyncSync (fd) {
  runSync({ command: 'fs.fsync', params: { id: handleOf(fd, 'fsync').id } })
}

export function ftruncateSync (fd, length = 0) {
  const params = { id: handleOf(fd, 'ftruncate').id, length: toInteger(length, 'len') }
  runSync({ command: 'fs.ftruncate', params })
}

export function futimesSync () { throw notSupported('fs.futimesSync') }

export function lchmodSync () { throw notSupported('fs.lchmodSync') }

export function lchownSync (path, uid, gid) { runSync(op.lchown(path, uid, gid)) }

export function linkSync (existingPath, newPath) { runSync(op.link(existingPath, newPath)) }

export function lstatSync (path, options) { return statWith(op.lstat, path, options) }

export function lutimesSync () { throw notSupported('fs.lutimesSync') }

export function mkdirSync (path, options) { return runSync(op.mkdir(path, options)) }

export function mkdtempSync (prefix, options) { return runSync(op.mkdtemp(prefix, options)) }

/** Gives the descriptor's number. */
export function openSync (path, flags, mode) {
  const operation = op.open(path, flags, mode)
  const { id, fd } = runSync(operation)
  return new FileHandle({ id, fd, ...operation.params }).fd
}

export function opendirSync () { throw notSupported('fs.opendirSync') }

export function readdirSync (path, options) { return runSync(op.readdir(path, options)) }

export function readFileSync (path, options) {
  if (isOpen(path)) throw notSupported('fs.readFileSync of an open file')
  return files.readFileSync(files.checkRead(path, options))
}

export function readlinkSync (path, options) { return runSync(op.readlink(path, options)) }

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

export function readvSync () { throw notSupported('fs.readvSync') }

export function realpathSync (path, options) { return runSync(op.realpath(path, options)) }
realpathSync.native = realpathSync

export function renameSync (oldPath, newPath) { runSync(op.rename(oldPath, newPath)) }

export function rmSync (path, options) { runSync(op.rm(path, options)) }

export function rmdirSync (path, options) { runSync(op.rmdir(path, options)) }

export function statfsSync () { throw notSupported('fs.statfsSync') }

export function statSync (path, options) { return statWith(op.stat, path, options) }

export function symlinkSync (target, path) { runSync(op.symlink(target, path)) }

export function truncateSync (path, length) { runSync(op.truncate(path, length)) }

export function unlinkSync (path) { runSync(op.unlink(path)) }

export function utimesSync (path, atime, mtime) { runSync(op.utimes(path, atime, mtime)) }

export function writeFileSync (path, data, options) {
  if (isOpen(path)) return void writeSync(path, data)
  files.writeFileSync(files.checkWrite(path, data, options))
}

export function writeSync (fd, buffer, offset, length, position) {
  const { source, position: at } = parseWrite(buffer, offset, length, position)
  return files.writeSync(handleOf(fd, 'write').id, source, at)
}

export function writevSync () { throw notSupported('fs.writevSync') }

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
