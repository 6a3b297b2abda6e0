/**
 * @module process
 *
 * The app's process, as Node would show it.
 *
 * ```js
 * import process from 'socket:process'
 * ```
 */
import { EventEmitter } from 'socket:events'
import { args, cwd, setCwd } from 'socket:internal/args'
import { send, sendSync } from 'socket:ipc'
import { invalidArgType, outOfRange } from 'socket:internal/node-errors'
import { unsupported } from 'socket:internal/unsupported'
import * as os from 'socket:os'

const NANOSECONDS = 1000000000n
const startedAt = Date.now()
let isExiting = false

/** The environment of the app. */
export const env = { ...args.env }

/**
 * Calls a function as soon as what runs now is done.
 * @param {Function} callback
 * @param {...unknown} values
 */
export function nextTick (callback, ...values) {
  if (typeof callback !== 'function') throw invalidArgType('callback', 'of type function', callback)
  queueMicrotask(() => callback(...values))
}

/**
 * Ends the app.
 * @param {number} [code] the exit code of the app
 * @return {Promise<void>}
 */
export async function exit (code) {
  if (isExiting) return
  const value = toExitCode(code ?? process.exitCode ?? 0)
  isExiting = true
  process.exitCode = value
  process.emit('exit', value)
  const { err } = await send('application.exit', { value })
  if (!err) return
  isExiting = false
  throw err
}

/** A code that is no number would otherwise leave the app running, or end it with the wrong one. */
function toExitCode (code) {
  const value = typeof code === 'string' && code.trim() !== '' && Number.isInteger(Number(code)) ? Number(code) : code
  if (typeof value !== 'number') throw invalidArgType('code', 'of type number', code)
  if (!Number.isInteger(value)) throw outOfRange('code', 'an integer', code)
  return value
}

/** The user's home folder. */
export function homedir () {
  return os.homedir()
}

/**
 * A clock that never runs back, as seconds and nanoseconds, or the time since an earlier reading of it.
 * @param {[number, number]} [since]
 * @return {[number, number]}
 */
export function hrtime (since) {
  if (since != null && (!Array.isArray(since) || since.length !== 2)) {
    throw invalidArgType('time', 'an instance of Array', since)
  }
  let now = os.hrtime()
  if (since) now -= BigInt(since[0]) * NANOSECONDS + BigInt(since[1])
  const seconds = now / NANOSECONDS
  return [Number(seconds), Number(now - seconds * NANOSECONDS)]
}

/** The same clock in nanoseconds. */
hrtime.bigint = () => os.hrtime()

/**
 * What the process holds in memory, in bytes.
 * @return {{ rss: number }}
 */
export function memoryUsage () {
  return { rss: memoryUsage.rss() }
}

/** The greatest memory that the process held, in bytes. */
memoryUsage.rss = () => os.rusage().ru_maxrss

/** One of the two output streams, as far as text is written to it. */
class Output extends EventEmitter {
  #command

  constructor (command, fd) {
    super()
    this.#command = command
    this.fd = fd
    this.isTTY = false
    this.writable = true
  }

  /** Writes text or UTF-8 bytes, as they are. */
  write (value, encoding, callback) {
    const done = typeof encoding === 'function' ? encoding : callback
    if (typeof value !== 'string' && !(value instanceof Uint8Array)) {
      throw invalidArgType('chunk', 'of type string or an instance of Buffer or Uint8Array', value)
    }
    const text = typeof value === 'string' ? value : new TextDecoder().decode(value)
    send(this.#command, { value: text }).then((result) => done?.(result?.err ?? null), (error) => done?.(error))
    return true
  }

  /** Writes a last text. */
  end (value, encoding, callback) {
    if (value !== undefined) this.write(value, encoding, callback)
    return this
  }
}

/** The process; `process` is the only one. */
class Process extends EventEmitter {
  title = args.config?.build_name ?? ''
  arch = os.arch()
  argv = [...(args.argv ?? [])]
  argv0 = args.argv?.[0] ?? ''
  execArgv = []
  execPath = args.argv?.[0] ?? ''
  env = env
  exit = exit
  exitCode = undefined
  features = {}
  homedir = homedir
  hrtime = hrtime
  memoryUsage = memoryUsage
  nextTick = nextTick
  platform = os.platform()
  stdout = new Output('stdout', 1)
  stderr = new Output('stderr', 2)
  version = `v${args.version?.short ?? '0.0.0'}`
  versions = Object.freeze({ runtime: args.version?.full ?? '', socket: args.version?.short ?? '' })

  /** The number of the process; 0 if the native side does not tell it. */
  get pid () { return args.pid ?? 0 }

  /** The number of the process that started it; 0 if the native side does not tell it. */
  get ppid () { return args.ppid ?? 0 }

  /** The folder against which relative paths are resolved. */
  cwd () { return cwd() }

  /** Changes that folder. */
  chdir (path) {
    if (typeof path !== 'string') throw invalidArgType('directory', 'of type string', path)
    const { err } = sendSync('internal.setcwd', { path })
    if (err) throw err
    setCwd(path)
  }

  /** How many seconds this realm is up. */
  uptime () { return (Date.now() - startedAt) / 1000 }

  /** Warns on the terminal. */
  emitWarning (warning, type = 'Warning') {
    const error = warning instanceof Error ? warning : Object.assign(new Error(warning), { name: type.type ?? type })
    console.warn(`${error.name}: ${error.message}`)
    this.emit('warning', error)
  }

  /** Ends the app at once with the exit code that an abort has. */
  abort () { exit(134) }

  /** Sends a signal to a process. */
  kill () { unsupported('process.kill') }

  get [Symbol.toStringTag] () { return 'process' }
}

const process = new Process()

export default process
