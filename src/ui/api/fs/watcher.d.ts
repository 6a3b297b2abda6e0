declare module 'socket:fs/watcher' {
  import { EventEmitter } from 'socket:events'
  import type { Buffer } from 'socket:buffer'

  export interface WatchOptions {
    recursive?: boolean
    encoding?: string
    signal?: AbortSignal
    /** Kept for compatibility. */
    persistent?: boolean
    start?: boolean
  }

  export interface Change {
    eventType: 'rename' | 'change'
    filename: string | Buffer | null
  }

  export class Watcher extends EventEmitter implements AsyncIterable<Change> {
    constructor (path: string | Uint8Array | URL, options?: WatchOptions | string)
    readonly id: string | null
    readonly path: string
    readonly closed: boolean
    readonly aborted: boolean
    readonly encoding: string
    readonly recursive: boolean
    readonly signal: AbortSignal | null
    start (): Promise<void>
    close (): Promise<void>
    ref (): this
    unref (): this
    [Symbol.asyncIterator] (): AsyncGenerator<Change, void>
  }

  export default Watcher
}
