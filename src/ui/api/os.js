/**
 * @module os
 *
 * What the system says about itself.
 *
 * ```js
 * import os from 'socket:os'
 * ```
 */
import { args } from 'socket:internal/args'
import { sendSync } from 'socket:ipc'
import { constants } from 'socket:os/constants'
import * as exports from 'socket:os'

export { constants }

const INTERFACES_AGE_MS_MAX = 512
const ARCHES = { x86_64: 'x64', aarch64: 'arm64', arm64: 'arm64', x86: 'ia32' }
const TYPES = { linux: 'Linux', android: 'Linux', darwin: 'Darwin', ios: 'Darwin', win32: 'Windows_NT', freebsd: 'FreeBSD', openbsd: 'OpenBSD' }
const cache = new Map()

/** What ends a line: `\r\n` on Windows and `\n` elsewhere. */
export const EOL = isWindows() ? '\r\n' : '\n'

/** Where output vanishes. */
export const devNull = isWindows() ? '\\\\.\\nul' : '/dev/null'

/** Asks the native side and throws what it answers as an error. */
function ask (command) {
  const { err, data } = sendSync(command, {})
  if (err) throw err
  return data
}

/** Asks once. */
function askOnce (command) {
  if (!cache.has(command)) cache.set(command, ask(command))
  return cache.get(command)
}

/** The processor: `x64`, `arm64` or `ia32`. */
export function arch () {
  return ARCHES[args.arch] ?? args.arch ?? 'unknown'
}

/** The processor as the system names it. */
export function machine () {
  return uname().machine
}

/** The system: `linux`, `darwin` or `win32`; `android` and `ios` on phones. */
export function platform () {
  return ['android', 'ios'].includes(args.os) ? args.os : args.platform ?? 'unknown'
}

/** The system's name: `Linux`, `Darwin` or `Windows_NT`. */
export function type () {
  return TYPES[platform()] ?? 'Unknown'
}

/** Whether the system is Windows. */
export function isWindows () {
  return args.platform === 'win32'
}

/** Every processor core: `{ model, speed, times }`. */
export function cpus () {
  return ask('os.cpus')
}

/** How many cores can be used. */
export function availableParallelism () {
  return globalThis.navigator?.hardwareConcurrency ?? cpus().length
}

/** The addresses of each network interface. */
export function networkInterfaces () {
  const now = Date.now()
  const known = cache.get('interfaces')
  if (known && now - known.at < INTERFACES_AGE_MS_MAX) return known.data
  const data = ask('os.networkInterfaces')
  cache.set('interfaces', { at: now, data })
  return data
}

/** What this process has used: `{ ru_maxrss, ru_utime_us, ru_stime_us }`. */
export function rusage () {
  return ask('os.rusage')
}

/** How many seconds the system is up. */
export function uptime () {
  return ask('os.uptime').seconds
}

/** `{ sysname, nodename, release, version, machine }`. */
export function uname () {
  return askOnce('os.uname')
}

/** The system's release. */
export function release () {
  return uname().release
}

/** The kernel's version. */
export function version () {
  return uname().version
}

/** The machine's name. */
export function hostname () {
  return askOnce('os.hostname').hostname
}

/** A clock that never runs back, in nanoseconds. */
export function hrtime () {
  return BigInt(ask('os.hrtime').ns)
}

/** Memory that can be used, in bytes. */
export function availableMemory () {
  return BigInt(ask('os.availableMemory').available)
}

/** Memory that nobody uses, in bytes. */
export function freemem () {
  return Number(ask('os.availableMemory').free)
}

/** All memory, in bytes. */
export function totalmem () {
  return Number(ask('os.availableMemory').total)
}

/** The load over the last 1, 5 and 15 minutes. */
export function loadavg () {
  return ask('os.loadavg')
}

/** Who runs the app: `{ username, uid, gid, homedir, shell }`. */
export function userInfo () {
  return ask('os.userInfo')
}

/** The user's home folder. */
export function homedir () {
  return args.env?.HOME || args.env?.USERPROFILE || askOnce('os.paths').home || ''
}

/** The folder for files that may be lost. */
export function tmpdir () {
  const env = args.env ?? {}
  if (isWindows()) {
    const path = env.TEMP || env.TMP || `${env.SystemRoot || env.windir || ''}\\temp`
    return path.length > 1 && path.endsWith('\\') && !path.endsWith(':\\') ? path.slice(0, -1) : path
  }
  const path = env.TMPDIR || env.TMP || env.TEMP || (platform() === 'android' ? '/data/local/tmp' : '/tmp')
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path
}

/** `LE` or `BE`: which byte of a number comes first. */
export function endianness () {
  return new Uint8Array(new Uint16Array([1]).buffer)[0] === 1 ? 'LE' : 'BE'
}

/** The system that the app was built for: `linux`, `macosx`, `win32`, `android` or `iphoneos`. */
export function host () {
  return { mac: 'macosx', ios: 'iphoneos' }[args.os] ?? args.os ?? 'unknown'
}

export default exports
