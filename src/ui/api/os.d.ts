/**
 * @module os
 *
 * What the system says about itself.
 */
declare module 'socket:os' {
  /** What ends a line: `\r\n` on Windows and `\n` elsewhere. */
  export const EOL: string

  /** The processor: `x64`, `arm64` or `ia32`. */
  export function arch (): string

  /** Memory that can be used, in bytes. */
  export function availableMemory (): bigint

  /** How many cores can be used. */
  export function availableParallelism (): number

  export const constants: { signals: Readonly<Record<string, number>>, errno: Readonly<Record<string, number>> }

  /** Every processor core: `{ model, speed, times }`. */
  export function cpus (): Array<{ model: string, speed: number, times: { user: number, nice: number, sys: number, idle: number, irq: number } }>

  /** Where output vanishes. */
  export const devNull: string

  /** `LE` or `BE`: which byte of a number comes first. */
  export function endianness (): 'LE' | 'BE'

  /** Memory that nobody uses, in bytes. */
  export function freemem (): number

  /** The user's home folder. */
  export function homedir (): string

  /** The system that the app was built for: `linux`, `macosx`, `win32`, `android` or `iphoneos`. */
  export function host (): string

  /** The machine's name. */
  export function hostname (): string

  /** A clock that never runs back, in nanoseconds. */
  export function hrtime (): bigint

  /** Whether the system is Windows. */
  export function isWindows (): boolean

  /** The load over the last 1, 5 and 15 minutes. */
  export function loadavg (): [number, number, number]

  /** The processor as the system names it. */
  export function machine (): string

  /** The addresses of each network interface. */
  export function networkInterfaces (): Record<string, Array<{ address: string, netmask: string, family: 'IPv4' | 'IPv6', mac: string, internal: boolean, cidr: string, scopeid?: number }>>

  /** The system: `linux`, `darwin` or `win32`; `android` and `ios` on phones. */
  export function platform (): 'linux' | 'darwin' | 'win32' | 'android' | 'ios' | 'unknown'

  /** The system's release. */
  export function release (): string

  /** What this process has used: `{ ru_maxrss, ru_utime_us, ru_stime_us }`. */
  export function rusage (): { ru_maxrss: number, ru_utime_us: number, ru_stime_us: number }

  /** The folder for files that may be lost. */
  export function tmpdir (): string

  /** All memory, in bytes. */
  export function totalmem (): number

  /** The system's name: `Linux`, `Darwin` or `Windows_NT`. */
  export function type (): string

  /** `{ sysname, nodename, release, version, machine }`. */
  export function uname (): { sysname: string, nodename: string, release: string, version: string, machine: string }

  /** How many seconds the system is up. */
  export function uptime (): number

  /** Who runs the app: `{ username, uid, gid, homedir, shell }`. */
  export function userInfo (): { username: string, uid: number, gid: number, homedir: string, shell: string }

  /** The kernel's version. */
  export function version (): string

  export * as default from 'socket:os'
}
