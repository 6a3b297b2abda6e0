/**
 * @module process
 *
 * The app's process, as Node would show it.
 */
declare module 'socket:process' {
  import { EventEmitter } from 'socket:events'
  import * as exports from 'socket:process'

  /** The environment of the app. */
  export const env: Record<string, string>

  /**
   * Ends the app.
   * @param code the exit code of the app
   */
  export function exit (code?: number): Promise<void>

  /** The user's home folder. */
  export function homedir (): string

  /** A clock that never runs back, as seconds and nanoseconds, or the time since an earlier reading of it. */
  export function hrtime (since?: [number, number]): [number, number]

  export namespace hrtime {
    function bigint (): bigint
  }

  /** What the process holds in memory, in bytes. */
  export function memoryUsage (): { rss: number }

  export namespace memoryUsage {
    function rss (): number
  }

  /** Calls a function as soon as what runs now is done. */
  export function nextTick (callback: (...values: any[]) => any, ...values: unknown[]): void

  /** The process; `process` is the only one. */
  class Process extends EventEmitter {
    title: string
    arch: string
    argv: string[]
    argv0: string
    execArgv: string[]
    execPath: string
    env: typeof exports.env
    exit: typeof exports.exit
    exitCode: number | undefined
    features: any
    homedir: typeof exports.homedir
    hrtime: typeof exports.hrtime
    memoryUsage: typeof exports.memoryUsage
    nextTick: typeof exports.nextTick
    platform: string
    stdout: Output
    stderr: Output
    version: string
    versions: Record<string, string>
    /** The number of the process; 0 if the native side does not tell it. */
    get pid (): number
    /** The number of the process that started it; 0 if the native side does not tell it. */
    get ppid (): number
    /** The folder against which relative paths are resolved. */
    cwd (): string
    /** Changes that folder. */
    chdir (path?: any): void
    /** How many seconds this realm is up. */
    uptime (): number
    /** Warns on the terminal. */
    emitWarning (warning?: any, type?: any): void
    /** Ends the app at once with the exit code that an abort has. */
    abort (): void
    /** Sends a signal to a process. */
    kill (): never
    get [Symbol.toStringTag] (): any
  }

  /** One of the two output streams, as far as text is written to it. */
  class Output extends EventEmitter {
    constructor (command?: any, fd?: any)
    /** Writes text or UTF-8 bytes, as they are. */
    write (value?: any, encoding?: any, callback?: any): boolean
    /** Writes a last text. */
    end (value?: any, encoding?: any, callback?: any): this
  }

  /** The process. */
  const process: Process
  export default process
}
