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

/** Uses an open file. A number that is no descriptor throws; one that is not open is an error for the callback. */
function onHandle (fd, syscall, use) {
  if (fd instanceof FileHandle) return use(fd)
  toInteger(fd, 'fd')
  return Promise.resolve().then(() => use(fds.handle(fd, syscall)))
}

/** Tells if a file can be used in the given way. */
export function access (path, mode, callback) {
  runLater(op.access(path, given(mode)), last(mode, callback))
}

/** Adds data to a file, which is created if need be. */
export function appendFile (path, data, options, callback) {
  const done = last(options, callback)
  if (isOpen(path)) return runLater(onHandle(path, 'write', (file) => file.appendFile(data, given(options))), done)
  runLater(files.writeFile(files.checkWrite(path, data, given(options), 'a')), done)
}

/** Changes the permissions of a file. */
export function chmod (path, mode, callback) {
  runLater(op.chmod(path, mode), toCallback(callback))
}

/** Changes the owner of a file. */
export function chown (path, uid, gid, callback) {
  runLater(op.chown(path, uid, gid), toCallback(callback))
}

/** Closes a descriptor. */
export function close (fd, callback = () => {}) {
  runLater(onHandle(fd, 'close', (file) => file.close()), toCallback(callback))
}

/** Copies a file. */
export function copyFile (src, dest, flags, callback) {
  runLater(op.copyFile(src, dest, given(flags)), last(flags, callback))
}

/** Copies a file, or a folder with all that is in it. */
export function cp (src, dest, options, callback) {
  const done = last(options, callback)
  runLater(copy(checkCopy(src, dest, given(options))), done)
}

/** Makes a stream of a file's contents. */
export function createReadStream (path, options) {
  return new ReadStream(path, options ?? {})
}

/** Makes a stream that writes a file. */
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

/** Changes the permissions of an open file. */
export function fchmod (fd, mode, callback) {
  runLater(onHandle(fd, 'fchmod', (file) => file.chmod(mode)), toCallback(callback))
}

/** Not supported: changes the owner of an open file. */
export function fchown () { throw notSupported('fs.fchown') }

/** Waits until an open file's contents are on the disk. */
export function fdatasync (fd, callback) {
  runLater(onHandle(fd, 'fdatasync', (file) => file.datasync()), toCallback(callback))
}

/** Describes an open file. */
export function fstat (fd, options, callback) {
  const done = last(options, callback)
  runLater(onHandle(fd, 'fstat', (file) => file.stat(given(options))), done)
}

/** Waits until all of an open file is on the disk. */
export function fsync (fd, callback) {
  runLater(onHandle(fd, 'fsync', (file) => file.sync()), toCallback(callback))
}

/** Cuts an open file off, or fills it with zeros, at a length. */
export function ftruncate (fd, length, callback) {
  const done = last(length, callback)
  runLater(onHandle(fd, 'ftruncate', (file) => file.truncate(given(length))), done)
}

/** Sets the times of an open file. */
export function futimes (fd, atime, mtime, callback) {
  runLater(onHandle(fd, 'futime', (file) => file.utimes(atime, mtime)), toCallback(callback))
}

/** Not supported: changes the permissions of a link itself. */
export function lchmod () { throw notSupported('fs.lchmod') }

/** Changes the owner of a link itself. */
export function lchown (path, uid, gid, callback) {
  runLater(op.lchown(path, uid, gid), toCallback(callback))
}

/** Gives a file a second name. */
export function link (existingPath, newPath, callback) {
  runLater(op.link(existingPath, newPath), toCallback(callback))
}

/** Describes a file, or a link itself. */
export function lstat (path, options, callback) {
  runLater(op.lstat(path, given(options)), last(options, callback))
}

/** Not supported: sets the times of a link itself. */
export function lutimes () { throw notSupported('fs.lutimes') }

/** Makes a folder, with `recursive` also those above it. */
export function mkdir (path, options, callback) {
  runLater(op.mkdir(path, given(options)), last(options, callback))
}

/** Makes a folder with a name of its own. */
export function mkdtemp (prefix, options, callback) {
  runLater(op.mkdtemp(prefix, given(options)), last(options, callback))
}

/** Calls back with the descriptor's number. */
export function open (path, flags, mode, options, callback) {
  const done = last(flags, mode, options, callback)
  const { params } = op.open(path, openValue(flags, 'flags'), openValue(mode, 'mode') ?? flags?.mode)
  runLater(FileHandle.open(params.path, params.flags, params.mode), done, (handle) => {
    // Whoever has only the number keeps no handle alive, so the table has to.
    fds.attach(handle.fd, handle, true)
    return [handle.fd]
  })
}

/** Not supported: makes a `Blob` of a file. */
export function openAsBlob () { throw notSupported('fs.openAsBlob') }

/** Opens a folder. */
export function opendir (path, options, callback) {
  const done = last(options, callback)
  const own = toOptions(given(options))
  runLater(DirectoryHandle.open(toPath(path)), done, (handle) => [new Dir(handle, own)])
}

/** Reads bytes of an open file into a buffer. */
export function read (fd, buffer, offset, length, position, callback) {
  const done = last(buffer, offset, length, position, callback)
  const values = [buffer, offset, length, position].map(given)
  parseRead(...values)
  runLater(onHandle(fd, 'read', (file) => file.read(...values)), done, (result) => [result.bytesRead, result.buffer])
}

/** Lists what is in a folder. */
export function readdir (path, options, callback) {
  runLater(op.readdir(path, given(options)), last(options, callback))
}

/** Reads a whole file. */
export function readFile (path, options, callback) {
  const done = last(options, callback)
  if (isOpen(path)) return runLater(onHandle(path, 'read', (file) => file.readFile(given(options))), done)
  runLater(files.readFile(files.checkRead(path, given(options))), done)
}

/** Says where a link points to. */
export function readlink (path, options, callback) {
  runLater(op.readlink(path, given(options)), last(options, callback))
}

/** Reads bytes of an open file into several buffers. */
export function readv (fd, buffers, position, callback) {
  const done = last(position, callback)
  const reading = onHandle(fd, 'read', (file) => file.readv(buffers, given(position)))
  runLater(reading, done, (result) => [result.bytesRead, result.buffers])
}

/** Gives the absolute path without any links. */
export function realpath (path, options, callback) {
  runLater(op.realpath(path, given(options)), last(options, callback))
}
realpath.native = realpath

/** Gives a file another name or place. */
export function rename (oldPath, newPath, callback) {
  runLater(op.rename(oldPath, newPath), toCallback(callback))
}

/** Removes a file, or with `recursive` a folder with all that is in it. */
export function rm (path, options, callback) {
  runLater(op.rm(path, given(options)), last(options, callback))
}

/** Removes an empty folder. */
export function rmdir (path, options, callback) {
  runLater(op.rmdir(path, given(options)), last(options, callback))
}

/** Describes a file. */
export function stat (path, options, callback) {
  runLater(op.stat(path, given(options)), last(options, callback))
}

/** Not supported: describes a whole file system. */
export function statfs () { throw notSupported('fs.statfs') }

/** Makes a link. */
export function symlink (target, path, type, callback) {
  runLater(op.symlink(target, path), last(type, callback))
}

/** Cuts a file off, or fills it with zeros, at a length. */
export function truncate (path, length, callback) {
  runLater(op.truncate(path, given(length)), last(length, callback))
}

/** Removes a file or a link. */
export function unlink (path, callback) {
  runLater(op.unlink(path), toCallback(callback))
}

/** Not supported: stops `watchFile`. */
export function unwatchFile () { throw notSupported('fs.unwatchFile') }

/** Sets the times of the last use and the last change. */
export function utimes (path, atime, mtime, callback) {
  runLater(op.utimes(path, atime, mtime), toCallback(callback))
}

/** Watches a path; the callback is called with each change. */
export function watch (path, options, listener) {
  const watcher = new Watcher(path, { ...toOptions(given(options)), start: false })
  watcher.startSync()
  const onchange = [options, listener].find((value) => typeof value === 'function')
  if (onchange) watcher.on('change', onchange)
  return watcher
}

/** Not supported: asks for a file's times again and again. */
export function watchFile () { throw notSupported('fs.watchFile') }

/** Writes bytes or a string to an open file. */
export function write (fd, buffer, offset, length, position, callback) {
  const done = last(offset, length, position, callback)
  const values = [buffer, ...[offset, length, position].map(given)]
  parseWrite(...values)
  runLater(onHandle(fd, 'write', (file) => file.write(...values)), done, (result) => [result.bytesWritten, result.buffer])
}

/** Writes a whole file, which is created if need be. */
export function writeFile (path, data, options, callback) {
  const done = last(options, callback)
  if (isOpen(path)) return runLater(onHandle(path, 'write', (file) => file.writeFile(data, given(options))), done)
  runLater(files.writeFile(files.checkWrite(path, data, given(options))), done)
}

/** Writes several buffers to an open file. */
export function writev (fd, buffers, position, callback) {
  const done = last(position, callback)
  const writing = onHandle(fd, 'write', (file) => file.writev(buffers, given(position)))
  runLater(writing, done, (result) => [result.bytesWritten, result.buffers])
}

function isOpen (path) {
  return Number.isInteger(path) || path instanceof FileHandle
}

/** `open` may be given its flags and mode in an object, too. */
function openValue (value, key) {
  if (typeof value === 'object' && value !== null) return value[key]
  return given(value)
}
