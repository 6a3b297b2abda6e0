/**
 * @module fs/promises
 *
 * Files and folders, by promises, with Node's semantics.
 *
 * ```js
 * import fs from 'socket:fs/promises'
 *
 * const text = await fs.readFile('index.html', 'utf8')
 * ```
 *
 * A relative path starts at the app's own folder. Errors carry `code`, `syscall` and `path`.
 */
import { toOptions } from 'socket:internal/fs-args'
import { notSupported } from 'socket:internal/unsupported'
import * as op from 'socket:fs/operations'
import { checkCopy, copy } from 'socket:fs/copy'
import { Dir, Dirent } from 'socket:fs/dir'
import { checkRead, checkWrite, readFile as readWhole, writeFile as writeWhole } from 'socket:fs/files'
import { DirectoryHandle, FileHandle } from 'socket:fs/handle'
import { Stats } from 'socket:fs/stats'
import { ReadStream, WriteStream } from 'socket:fs/stream'
import { Watcher } from 'socket:fs/watcher'
import constants from 'socket:fs/constants'
import fds from 'socket:fs/fds'
import * as exports from 'socket:fs/promises'

export {
  constants, Dir, DirectoryHandle, Dirent, fds, FileHandle, ReadStream, Stats, Watcher, WriteStream
}

const { run } = op

/** Rejects if a file cannot be used in the given way. */
export async function access (path, mode) {
  await run(op.access(path instanceof FileHandle ? path.path : path, mode))
}

/** Adds data to a file, which is created if need be. */
export async function appendFile (path, data, options) {
  if (path instanceof FileHandle) return path.appendFile(data, options)
  await writeWhole(checkWrite(path, data, options, 'a'))
}

/** Changes the permissions of a file. */
export async function chmod (path, mode) {
  await run(op.chmod(path, mode))
}

/** Changes the owner of a file. */
export async function chown (path, uid, gid) {
  await run(op.chown(path, uid, gid))
}

/** Copies a file. */
export async function copyFile (src, dest, flags) {
  await run(op.copyFile(src, dest, flags))
}

/** Copies a file, or a folder with all that is in it. */
export async function cp (src, dest, options) {
  await copy(checkCopy(src, dest, options))
}

/** Tells if something is there. */
export async function exists (path) {
  return run(op.access(path)).then(() => true, () => false)
}

/** Changes the owner of a link itself. */
export async function lchown (path, uid, gid) {
  await run(op.lchown(path, uid, gid))
}

/** Gives a file a second name. */
export async function link (existingPath, newPath) {
  await run(op.link(existingPath, newPath))
}

/** Describes a file, or a link itself. */
export async function lstat (path, options) {
  return run(op.lstat(path, options))
}

/** Makes a folder; with `recursive` also those above it, of which the first is returned. */
export async function mkdir (path, options) {
  return run(op.mkdir(path, options))
}

/** Makes a folder with a name of its own. */
export async function mkdtemp (prefix, options) {
  return run(op.mkdtemp(prefix, options))
}

/** Opens a file. */
export async function open (path, flags, mode) {
  return FileHandle.open(path, flags, mode)
}

/** Opens a folder. */
export async function opendir (path, options) {
  const given = toOptions(options)
  return new Dir(await DirectoryHandle.open(path), given)
}

/** Lists what is in a folder. */
export async function readdir (path, options) {
  return run(op.readdir(path, options))
}

/** Reads a whole file, as a `Buffer` unless an encoding is given. */
export async function readFile (path, options) {
  if (path instanceof FileHandle) return path.readFile(options)
  return readWhole(checkRead(path, options))
}

/** Says where a link points to. */
export async function readlink (path, options) {
  return run(op.readlink(path, options))
}

/** Gives the absolute path without any links. */
export async function realpath (path, options) {
  return run(op.realpath(path, options))
}

/** Gives a file another name or place. */
export async function rename (oldPath, newPath) {
  await run(op.rename(oldPath, newPath))
}

/** Removes a file, or with `recursive` a folder with all that is in it. */
export async function rm (path, options) {
  await run(op.rm(path, options))
}

/** Removes an empty folder. */
export async function rmdir (path, options) {
  await run(op.rmdir(path, options))
}

/** Describes a file. */
export async function stat (path, options) {
  return run(op.stat(path, options))
}

/** Makes a link. */
export async function symlink (target, path) {
  await run(op.symlink(target, path))
}

/** Cuts a file off, or fills it with zeros, at a length. */
export async function truncate (path, length) {
  await run(op.truncate(path, length))
}

/** Removes a file or a link. */
export async function unlink (path) {
  await run(op.unlink(path))
}

/** Sets the times of the last use and the last change. */
export async function utimes (path, atime, mtime) {
  await run(op.utimes(path, atime, mtime))
}

/** Watches a path; iterate over what is returned. */
export function watch (path, options) {
  return new Watcher(path, { ...toOptions(options), start: false })
}

/** Writes a whole file, which is created if need be. */
export async function writeFile (path, data, options) {
  if (path instanceof FileHandle) return path.writeFile(data, options)
  await writeWhole(checkWrite(path, data, options))
}

/** Not supported: lists what matches a pattern. */
export function glob () { throw notSupported('fs.promises.glob') }

/** Not supported: changes the permissions of a link itself. */
export async function lchmod () { throw notSupported('fs.promises.lchmod') }

/** Not supported: sets the times of a link itself. */
export async function lutimes () { throw notSupported('fs.promises.lutimes') }

/** Not supported: describes a whole file system. */
export async function statfs () { throw notSupported('fs.promises.statfs') }

export default exports
