/**
 * Answers calls over the scheme as the native side does, with Node's own file system behind it.
 *
 * It proves the page's half of the contract only; the native half is proved in a real window.
 * Import it before `socket:internal/transport` is loaded. Paths are relative to `root`.
 */
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { token } from './fake-session.mjs'

/** The folder that stands for the app's own. */
export const root = fs.mkdtempSync(path.join(os.tmpdir(), 'fs-test-'))

/** What was asked, and how much of it at once. */
export const seen = { commands: [], inFlight: 0, inFlightMax: 0, bodyMax: 0 }

/** Answers of your own, by command: a function of the parameters and the body. */
export const answers = {}

const SMALL = 1024 * 1024
const open = new Map()
const at = (name) => path.resolve(root, name)

process.on('exit', () => fs.rmSync(root, { recursive: true, force: true }))

function describe (stats) {
  const keys = ['dev', 'ino', 'mode', 'nlink', 'uid', 'gid', 'rdev', 'size', 'blksize', 'blocks']
  const times = ['atimeMs', 'mtimeMs', 'ctimeMs', 'birthtimeMs']
  return Object.fromEntries([...keys, ...times].map((key) => [key, stats[key]]))
}

function kind (entry) {
  if (entry.isFile()) return 'file'
  if (entry.isDirectory()) return 'directory'
  return entry.isSymbolicLink() ? 'symlink' : 'unknown'
}

function entries (name, recursive) {
  const list = fs.readdirSync(at(name), { recursive, withFileTypes: true })
  return list.map((entry) => ({ name: entry.name, type: kind(entry), parent: entry.parentPath ?? entry.path }))
}

function handle (fd) {
  const id = fd.toString(16).padStart(32, '0')
  open.set(id, fd)
  return { id, fd }
}

const commands = {
  'fs.readFile': ({ path: name, flag }) => {
    if (fs.existsSync(at(name)) && fs.statSync(at(name)).size > SMALL) throw Object.assign(new Error('too large'), { code: 'ERR_FS_FILE_TOO_LARGE_FOR_CALL' })
    return { bytes: fs.readFileSync(at(name), { flag }) }
  },
  'fs.writeFile': ({ path: name, flag, mode }, body) => fs.writeFileSync(at(name), body, { flag, mode }),
  'fs.open': ({ path: name, flags, mode }) => handle(fs.openSync(at(name), flags, mode)),
  'fs.close': ({ id }) => { fs.closeSync(open.get(id)); open.delete(id) },
  'fs.read': ({ id, size, offset }) => {
    const bytes = Buffer.alloc(size)
    return { bytes: bytes.subarray(0, fs.readSync(open.get(id), bytes, 0, size, offset ?? null)) }
  },
  'fs.write': ({ id, offset }, body) => ({ bytesWritten: fs.writeSync(open.get(id), body, 0, body.length, offset ?? null) }),
  'fs.fstat': ({ id }) => describe(fs.fstatSync(open.get(id))),
  'fs.ftruncate': ({ id, length }) => fs.ftruncateSync(open.get(id), length),
  'fs.fsync': ({ id }) => fs.fsyncSync(open.get(id)),
  'fs.fdatasync': ({ id }) => fs.fdatasyncSync(open.get(id)),
  'fs.fchmod': ({ id, mode }) => fs.fchmodSync(open.get(id), mode),
  'fs.futimes': ({ id, atimeMs, mtimeMs }) => fs.futimesSync(open.get(id), atimeMs / 1000, mtimeMs / 1000),
  'fs.stat': ({ path: name }) => describe(fs.statSync(at(name))),
  'fs.lstat': ({ path: name }) => describe(fs.lstatSync(at(name))),
  'fs.access': ({ path: name, mode }) => fs.accessSync(at(name), mode),
  'fs.chmod': ({ path: name, mode }) => fs.chmodSync(at(name), mode),
  'fs.utimes': ({ path: name, atimeMs, mtimeMs }) => fs.utimesSync(at(name), atimeMs / 1000, mtimeMs / 1000),
  'fs.mkdir': ({ path: name, recursive, mode }) => ({ first: fs.mkdirSync(at(name), { recursive, mode }) }),
  'fs.rmdir': ({ path: name }) => fs.rmdirSync(at(name)),
  'fs.rm': ({ path: name, recursive, force }) => fs.rmSync(at(name), { recursive, force }),
  'fs.mkdtemp': ({ prefix }) => ({ path: fs.mkdtempSync(at(prefix)) }),
  'fs.readdir': ({ path: name, recursive }) => entries(name, recursive),
  'fs.opendir': ({ path: name }) => {
    const id = `dir-${name}`
    open.set(id, entries(name, false))
    return { id, fd: 9000 }
  },
  'fs.readdirNext': ({ id, entries: most }) => open.get(id).splice(0, most),
  'fs.closedir': ({ id }) => { open.delete(id) },
  'fs.rename': ({ src, dest }) => fs.renameSync(at(src), at(dest)),
  'fs.copyFile': ({ src, dest, flags }) => fs.copyFileSync(at(src), at(dest), flags),
  'fs.link': ({ src, dest }) => fs.linkSync(at(src), at(dest)),
  'fs.symlink': ({ target, path: name }) => fs.symlinkSync(target, at(name)),
  'fs.readlink': ({ path: name }) => ({ path: fs.readlinkSync(at(name)) }),
  'fs.realpath': ({ path: name }) => ({ path: fs.realpathSync(at(name)) }),
  'fs.unlink': ({ path: name }) => fs.unlinkSync(at(name)),
  'fs.truncate': ({ path: name, length }) => fs.truncateSync(at(name), length),
  'fs.watch': () => ({ id: 'watch-1' }),
  'fs.stopWatch': () => null
}

function answer (url, headers, body) {
  const { pathname, searchParams } = new URL(url)
  const command = pathname.split('/').at(-1)
  seen.commands.push(command)
  seen.bodyMax = Math.max(seen.bodyMax, body?.byteLength ?? 0)
  if (headers['x-runtime-token'] !== token) throw new Error('the token is missing')
  const params = JSON.parse(searchParams.get('params'))
  const run = answers[command] ?? commands[command]
  if (!run) return { reply: { err: { name: 'NotFoundError', code: 'ERR_UNKNOWN_COMMAND', message: command } } }
  try {
    const data = run(params, body ? Buffer.from(body.buffer ?? body, body.byteOffset ?? 0, body.byteLength) : Buffer.alloc(0))
    return data?.bytes ? { reply: {}, bytes: data.bytes } : { reply: { data: data ?? null } }
  } catch ({ name, code, message, syscall, path: where, dest }) {
    return { reply: { err: { name, code, message, syscall, path: where, dest } } }
  }
}

globalThis.fetch = async (url, { headers, body, signal }) => {
  seen.inFlight += 1
  seen.inFlightMax = Math.max(seen.inFlightMax, seen.inFlight)
  await new Promise((resolve) => setImmediate(resolve))
  seen.inFlight -= 1
  if (signal?.aborted) throw signal.reason
  const { reply, bytes } = answer(url, headers, body)
  if (!bytes) return new Response(JSON.stringify(reply), { headers: { 'content-type': 'application/json' } })
  const head = { 'content-type': 'application/octet-stream', 'x-runtime-reply': encodeURIComponent(JSON.stringify(reply)) }
  return new Response(bytes, { headers: head })
}

globalThis.XMLHttpRequest = class {
  #headers = {}
  #reply = {}
  open (method, url) { this.url = url }
  setRequestHeader (name, value) { this.#headers[name] = value }
  overrideMimeType () {}
  send (body) {
    const { reply, bytes } = answer(this.url, this.#headers, body)
    const raw = bytes ?? Buffer.from(JSON.stringify(reply))
    // As the character set x-user-defined does it: bytes above 127 land in a private area.
    this.responseText = Array.from(raw, (byte) => String.fromCharCode(byte < 128 ? byte : 0xf700 + byte)).join('')
    this.#reply = bytes
      ? { 'content-type': 'application/octet-stream', 'x-runtime-reply': encodeURIComponent(JSON.stringify(reply)) }
      : { 'content-type': 'application/json' }
  }

  getResponseHeader (name) { return this.#reply[name] ?? null }
}
