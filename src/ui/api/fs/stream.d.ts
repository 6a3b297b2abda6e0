declare module 'socket:fs/stream' {
  import { Readable, Writable } from 'socket:stream'
  import type { FileHandle } from 'socket:fs/handle'

  export interface FileStreamOptions {
    autoClose?: boolean
    emitClose?: boolean
    encoding?: string
    fd?: number | FileHandle
    flags?: string | number
    handle?: FileHandle
    highWaterMark?: number
    mode?: number | string
    signal?: AbortSignal
    /** The first byte. */
    start?: number
  }

  export interface ReadStreamOptions extends FileStreamOptions {
    /** The last byte, which is included. */
    end?: number
  }

  export interface WriteStreamOptions extends FileStreamOptions {
    flush?: boolean
  }

  type Path = string | Uint8Array | URL

  export const DEFAULT_STREAM_HIGH_WATER_MARK: number

  export class ReadStream extends Readable {
    constructor (path: Path | null, options?: ReadStreamOptions | string)
    constructor (options: ReadStreamOptions & { path?: Path })
    readonly path: Path | null
    readonly flags: string | number
    readonly handle: FileHandle | null
    readonly fd: number | null
    readonly pending: boolean
    readonly bytesRead: number
    readonly start: number | undefined
    readonly end: number
    readonly autoClose: boolean
    readonly highWaterMark: number
    setHandle (handle: FileHandle): void
    close (callback?: (error?: Error | null) => void): void
  }

  export class WriteStream extends Writable {
    constructor (path: Path | null, options?: WriteStreamOptions | string)
    constructor (options: WriteStreamOptions & { path?: Path })
    readonly path: Path | null
    readonly flags: string | number
    readonly handle: FileHandle | null
    readonly fd: number | null
    readonly pending: boolean
    readonly bytesWritten: number
    readonly start: number | undefined
    readonly autoClose: boolean
    readonly highWaterMark: number
    setHandle (handle: FileHandle): void
    close (callback?: (error?: Error | null) => void): void
  }

  export const FileReadStream: typeof ReadStream
  export type FileReadStream = ReadStream
  export const FileWriteStream: typeof WriteStream
  export type FileWriteStream = WriteStream

  const exports: typeof import('socket:fs/stream')
  export default exports
}
