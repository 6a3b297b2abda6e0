/**
 * @module fs/callbacks
 *
 * Files and folders, by callbacks. Arguments are checked before anything is called: a wrong one
 * throws at once, as in Node.
 */
import { notSupported } from 'socket:internal/unsupported'
import { toCallback, toInteger, toOptions, toPath } from 'socket:internal/fs-args'
import { parseRead, parseWrite } from 'socket:internal/fs-io'
import { checkCopy, copy } from 'socket:fs/copy'
import { Dir } from 'socket:fs/dir'
import * as files from 'socket:fs/files'
import { DirectoryHandle, FileHandle } from 'socket:fs/handle'
import * as op from 'socket:fs/operations'
import { ReadStream, WriteStream } from 'socket:fs/stream'
import { Watcher } from 'socket:fs/watcher'
import fds from 'socket:fs/fds'

const { runLater } = op

/** Takes the callback from the end of the arguments, which may be fewer than there could be. */
function last (...values) {
  const callback = values.find((value) => typeof value === 'function')
  return toCallback(callback)
}

/** Forgets an argument that is the callback. */
function given (value) {
  return typeof value === 'function' ? undefined : value
}

function handleOf (fd, syscall) {
  return fd instanceof FileHandle ? fd : fds.handle(toInteger(fd, 'fd'), syscall)
}

export function access (path, mode, callback) {
  runLater(op.access(path, given(mode)), last(mode, callback))
}

export function appendFile (path, data, options, callback) {
  const done = last(options, callback)
  if (isOpen(path)) return runLater(handleOf(path, 'write').appendFile(data, given(options)), done)
  runLater(files.writeFile(files.checkWrite(path, data, given(options), 'a')), done)
}

export function chmod (path, mode, callback) {
  runLater(op.chmod(path, mode), toCallback(callback))
}

export function chown (path, uid, gid, callback) {
  runLater(op.chown(path, uid, gid), toCallback(callback))
}

export function close (fd, callback = () => {}) {
  runLater(handleOf(fd, 'close').close(), toCallback(callback))
}

export function copyFile (src, dest, flags, callback) {
  runLater(op.copyFile(src, dest, given(flags)), last(flags, callback))
}

export function cp (src, dest, options, callback) {
  const done = last(options, callback)
  runLater(copy(checkCopy(src, dest, given(options))), done)
}

export function createReadStream (path, options) {
  return new ReadStream(path, options ?? {})
}

export function createWriteStream (path, options) {
  return new WriteStream(path, options ?? {})
}

/** Calls back with true or false only, as Node does. */
export function exists (path, callback) {
  const done = toCallback(callback)
  let operation
  try {
    operation = op.access(path)
  } catch {
    return queueMicrotask(() => done(false))
  }
  runLater(operation, (error) => done(!error))
}

export function fchmod (fd, mode, callback) {
  runLater(handleOf(fd, 'fchmod').chmod(mode), toCallback(callback))
}

export function fchown () { throw notSupported('fs.fchown') }

export function fdatasync (fd, callback) {
  runLater(handleOf(fd, 'fdatasync').datasync(), toCallback(callback))
}

export function fstat (fd, options, callback) {
  const done = last(options, callback)
  runLater(handleOf(fd, 'fstat').stat(given(options)), done)
}

export function fsync (fd, callback) {
  runLater(handleOf(fd, 'fsync').sync(), toCallback(callback))
}

export function ftruncate (fd, length, callback) {
  const done = last(length, callback)
  runLater(handleOf(fd, 'ftruncate').truncate(given(length)), done)
}

export function futimes (fd, atime, mtime, callback) {
  runLater(handleOf(fd, 'futime').utimes(atime, mtime), toCallback(callback))
}

export function lchmod () { throw notSupported('fs.lchmod') }

export function lchown (path, uid, gid, callback) {
  runLater(op.lchown(path, uid, gid), toCallback(callback))
}

export function link (existingPath, newPath, callback) {
  runLater(op.link(existingPath, newPath), toCallback(callback))
}

export function lstat (path, options, callback) {
  runLater(op.lstat(path, given(options)), last(options, callback))
}

export function lutimes () { throw notSupported('fs.lutimes') }

export function mkdir (path, options, callback) {
  runLater(op.mkdir(path, given(options)), last(options, callback))
}

export function mkdtemp (prefix, options, callback) {
  runLater(op.mkdtemp(prefix, given(options)), last(options, callback))
}

/** Calls back with the descriptor's number. */
export function open (path, flags, mode, options, callback) {
  const done = last(flags, mode, options, callback)
  const { params } = op.open(path, openValue(flags, 'flags'), openValue(mode, 'mode') ?? flags?.mode)
  runLater(FileHandle.open(params.path, params.flags, params.mode), done, (handle) => [handle.fd])
}

export function openAsBlob () { throw notSupported('fs.openAsBlob') }

export function opendir (path, options, callback) {
  const done = last(options, callback)
  const own = toOptions(given(options))
  runLater(DirectoryHandle.open(toPath(path)), done, (handle) => [new Dir(handle, own)])
}

export function read (fd, buffer, offset, length, position, callback) {
  const done = last(buffer, offset, length, position, callback)
  const values = [buffer, offset, length, position].map(given)
  parseRead(...values)
  runLater(handleOf(fd, 'read').read(...values), done, (result) => [result.bytesRead, result.buffer])
}

export function readdir (path, options, callback) {
  runLater(op.readdir(path, given(options)), last(options, callback))
}

export function readFile (path, options, callback) {
  const done = last(options, callback)
  if (isOpen(path)) return runLater(handleOf(path, 'read').readFile(given(options)), done)
  runLater(files.readFile(files.checkRead(path, given(options))), done)
}

export function readlink (path, options, callback) {
  runLater(op.readlink(path, given(options)), last(options, callback))
}

export function readv (fd, buffers, position, callback) {
  const done = last(position, callback)
  const reading = handleOf(fd, 'read').readv(buffers, given(position))
  runLater(reading, done, (result) => [result.bytesRead, result.buffers])
}

export function realpath (path, options, callback) {
  runLater(op.realpath(path, given(options)), last(options, callback))
}
realpath.native = realpath

export function rename (oldPath, newPath, callback) {
  runLater(op.rename(oldPath, newPath), toCallback(callback))
}

export function rm (path, options, callback) {
  runLater(op.rm(path, given(options)), last(options, callback))
}

export function rmdir (path, options, callback) {
  runLater(op.rmdir(path, given(options)), last(options, callback))
}

export function stat (path, options, callback) {
  runLater(op.stat(path, given(options)), last(options, callback))
}

export function statfs () { throw notSupported('fs.statfs') }

export function symlink (target, path, type, callback) {
  runLater(op.symlink(target, path), last(type, callback))
}

export function truncate (path, length, callback) {
  runLater(op.truncate(path, given(length)), last(length, callback))
}

export function unlink (path, callback) {
  runLater(op.unlink(path), toCallback(callback))
}

export function unwatchFile () { throw notSupported('fs.unwatchFile') }

export function utimes (path, atime, mtime, callback) {
  runLater(op.utimes(path, atime, mtime), toCallback(callback))
}

/** Watches a path; the callback is called with each change. */
export function watch (path, options, listener) {
  const watcher = new Watcher(path, given(options))
  const onchange = [options, listener].find((value) => typeof value === 'function')
  if (onchange) watcher.on('change', onchange)
  return watcher
}

export function watchFile () { throw notSupported('fs.watchFile') }

export function write (fd, buffer, offset, length, position, callback) {
  const done = last(offset, length, position, callback)
  const values = [buffer, ...[offset, length, position].map(given)]
  parseWrite(...values)
  runLater(handleOf(fd, 'write').write(...values), done, (result) => [result.bytesWritten, result.buffer])
}

export function writeFile (path, data, options, callback) {
  const done = last(options, callback)
  if (isOpen(path)) return runLater(handleOf(path, 'write').writeFile(data, given(options)), done)
  runLater(files.writeFile(files.checkWrite(path, data, given(options))), done)
}

export function writev (fd, buffers, position, callback) {
  const done = last(position, callback)
  const writing = handleOf(fd, 'write').writev(buffers, given(position))
  runLater(writing, done, (result) => [result.bytesWritten, result.buffers])
}

function isOpen (path) {
  return typeof path === 'number' || path instanceof FileHandle
}

/** `open` may be given its flags and mode in an object, too. */
function openValue (value, key) {
  if (typeof value === 'object' && value !== null) return value[key]
  return given(value)
}
