/**
 * The operations of a file system that are one call each.
 *
 * Every function here checks its arguments and describes a call; `run`, `runSync` and `runLater`
 * carry it out. So each operation is written once for promises, callbacks and the blocking forms.
 */
import {
  fromText, toCallback, toFlags, toInteger, toMilliseconds, toMode, toOptions, toPath
} from 'socket:internal/fs-args'
import { call, callSync } from 'socket:internal/transport'
import { F_OK } from 'socket:fs/constants'
import { Dirent } from 'socket:fs/dir'
import { Stats } from 'socket:fs/stats'
import 'socket:internal/worker-console'

/**
 * A call that is ready to be made.
 * @typedef {{ command: string, params: object, map?: (data: any, bytes: Uint8Array) => any, options?: object }} Operation
 */

/**
 * Carries out an operation.
 * @param {Operation} operation
 * @return {Promise<any>}
 */
export async function run ({ command, params, map, options }) {
  const { err, data, bytes } = await call(command, params, options)
  if (err) throw err
  return map?.(data, bytes)
}

/**
 * Carries out an operation and blocks until it is done.
 * @param {Operation} operation
 * @return {any}
 */
export function runSync ({ command, params, map, options }) {
  const { err, data, bytes } = callSync(command, params, options)
  if (err) throw err
  return map?.(data, bytes)
}

/**
 * Carries out an operation, or waits for a promise, and calls back.
 * @param {Operation|Promise<any>} operation
 * @param {(error: Error|null, ...results: any[]) => void} callback
 * @param {(result: any) => any[]} [spread] makes several arguments of the result
 */
export function runLater (operation, callback, spread = (result) => result === undefined ? [] : [result]) {
  const done = toCallback(callback)
  const promise = operation instanceof Promise ? operation : run(operation)
  // Out of the promise's own turn, so that what the callback throws is an uncaught error.
  promise.then(
    (result) => queueMicrotask(() => done(null, ...spread(result))),
    (error) => queueMicrotask(() => done(error))
  )
}

/** Tells if a file can be used in the given way. */
export function access (path, mode = F_OK) {
  return { command: 'fs.access', params: { path: toPath(path), mode: toInteger(mode ?? F_OK, 'mode', 0, 7) } }
}

/** Changes the permissions of a file. */
export function chmod (path, mode) {
  return { command: 'fs.chmod', params: { path: toPath(path), mode: toMode(mode) } }
}

/** Changes the owner of a file. */
export function chown (path, uid, gid) {
  return { command: 'fs.chown', params: owner(path, uid, gid) }
}

/** Changes the owner of a link itself. */
export function lchown (path, uid, gid) {
  return { command: 'fs.lchown', params: owner(path, uid, gid) }
}

/** Copies a file. */
export function copyFile (src, dest, flags = 0) {
  const params = { src: toPath(src, 'src'), dest: toPath(dest, 'dest'), flags: toInteger(flags ?? 0, 'mode', 0, 7) }
  return { command: 'fs.copyFile', params }
}

/** Gives a file a second name. */
export function link (src, dest) {
  return { command: 'fs.link', params: { src: toPath(src, 'existingPath'), dest: toPath(dest, 'newPath') } }
}

/** Makes a folder, with `recursive` also those above it. */
export function mkdir (path, options) {
  const given = typeof options === 'number' || typeof options === 'string' ? { mode: options } : toOptions(options)
  const recursive = Boolean(given.recursive)
  const params = { path: toPath(path), recursive, mode: toMode(given.mode, 0o777) }
  return { command: 'fs.mkdir', params, map: (data) => recursive ? data?.first : undefined }
}

/** Makes a folder with a name of its own. */
export function mkdtemp (prefix, options) {
  const { encoding } = toOptions(options)
  return {
    command: 'fs.mkdtemp',
    params: { prefix: toPath(prefix, 'prefix') },
    map: ({ path }) => fromText(path, encoding)
  }
}

/** Lists what is in a folder. */
export function readdir (path, options) {
  const { encoding, recursive, withFileTypes } = toOptions(options)
  const root = toPath(path)
  return {
    command: 'fs.readdir',
    params: { path: root, recursive: Boolean(recursive) },
    map: (entries) => withFileTypes ? asDirents(entries, root, encoding) : asNames(entries, encoding)
  }
}

/** Says where a link points to. */
export function readlink (path, options) {
  return pathOf('fs.readlink', path, options)
}

/** Gives the absolute path without any links. */
export function realpath (path, options) {
  return pathOf('fs.realpath', path, options)
}

/** Gives a file another name or place. */
export function rename (src, dest) {
  return { command: 'fs.rename', params: { src: toPath(src, 'oldPath'), dest: toPath(dest, 'newPath') } }
}

/** Removes a file, or with `recursive` a folder with all that is in it. */
export function rm (path, options) {
  const { recursive, force } = toOptions(options)
  return { command: 'fs.rm', params: { path: toPath(path), recursive: Boolean(recursive), force: Boolean(force) } }
}

/** Removes an empty folder. */
export function rmdir (path, options) {
  const { recursive } = toOptions(options)
  if (recursive) return rm(path, { recursive: true })
  return { command: 'fs.rmdir', params: { path: toPath(path) } }
}

/** Describes a file. */
export function stat (path, options) {
  const { bigint } = toOptions(options)
  return { command: 'fs.stat', params: { path: toPath(path) }, map: (data) => Stats.from(data, bigint) }
}

/** Describes a file, or a link itself. */
export function lstat (path, options) {
  const { bigint } = toOptions(options)
  return { command: 'fs.lstat', params: { path: toPath(path) }, map: (data) => Stats.from(data, bigint) }
}

/** Makes a link. */
export function symlink (target, path) {
  return { command: 'fs.symlink', params: { target: toPath(target, 'target'), path: toPath(path) } }
}

/** Cuts a file off, or fills it with zeros, at a length. */
export function truncate (path, length = 0) {
  return { command: 'fs.truncate', params: { path: toPath(path), length: toInteger(length ?? 0, 'len') } }
}

/** Removes a file or a link. */
export function unlink (path) {
  return { command: 'fs.unlink', params: { path: toPath(path) } }
}

/** Sets the times of the last use and the last change. */
export function utimes (path, atime, mtime) {
  const params = { path: toPath(path), atimeMs: toMilliseconds(atime, 'atime'), mtimeMs: toMilliseconds(mtime, 'mtime') }
  return { command: 'fs.utimes', params }
}

/** Opens a file and gives its descriptor's number. */
export function open (path, flags, mode) {
  const params = { path: toPath(path), flags: toFlags(flags), mode: toMode(mode, 0o666) }
  return { command: 'fs.open', params, map: (data) => data }
}

/** Opens a folder. */
export function opendir (path) {
  return { command: 'fs.opendir', params: { path: toPath(path) }, map: (data) => data }
}

function owner (path, uid, gid) {
  const most = 0xffff_ffff
  return { path: toPath(path), uid: toInteger(uid, 'uid', -1, most), gid: toInteger(gid, 'gid', -1, most) }
}

function pathOf (command, path, options) {
  const { encoding } = toOptions(options)
  return { command, params: { path: toPath(path) }, map: (data) => fromText(data.path, encoding) }
}

/** Names are relative to the folder that was read, which is the shortest parent of all. */
function asNames (entries, encoding) {
  const parents = entries.map(({ parent }) => parent ?? '')
  const base = Math.min(...new Set(parents.map((parent) => parent.length)))
  return entries.map(({ name }, index) => {
    const below = parents[index].slice(base).replace(/^[/\\]/, '')
    return fromText(below ? `${below}/${name}` : name, encoding)
  })
}

function asDirents (entries, root, encoding) {
  return entries.map(({ name, type, parent }) => new Dirent(fromText(name, encoding), type, parent ?? root))
}
