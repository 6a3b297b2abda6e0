declare module 'socket:fs/handle' {
  import { EventEmitter } from 'socket:events'
  import type { Buffer } from 'socket:buffer'
  import type { Stats } from 'socket:fs/stats'
  import type { ReadStream, ReadStreamOptions, WriteStream, WriteStreamOptions } from 'socket:fs/stream'

  type Path = string | Uint8Array | URL
  type Time = number | string | Date | bigint
  type Data = string | ArrayBuffer | ArrayBufferView
  type Source = Data | Iterable<Data> | AsyncIterable<Data>
  interface Range { offset?: number | null, length?: number | null, position?: number | bigint | null }
  interface DataOptions { encoding?: string | null, signal?: AbortSignal }

  export const kOpening: unique symbol
  export const kClosing: unique symbol
  export const kClosed: unique symbol

  class Handle extends EventEmitter {
    readonly id: string | null
    readonly fd: number
    readonly path: Path | null
    readonly opened: boolean
    readonly opening: boolean
    readonly closing: boolean
    readonly closed: boolean
    open (): Promise<boolean>
    close (): Promise<void>
  }

  export class FileHandle extends Handle {
    static readonly DEFAULT_OPEN_FLAGS: string
    static readonly DEFAULT_OPEN_MODE: number
    static readonly DEFAULT_ACCESS_MODE: number
    static from (id: string | number | FileHandle | { id: string }): FileHandle
    static access (path: Path | FileHandle, mode?: number): Promise<boolean>
    static open (path: Path, flags?: string | number, mode?: number | string): Promise<FileHandle>
    constructor (options?: { path?: Path, flags?: string | number, mode?: number | string, id?: string, fd?: number })
    readonly flags: string | number
    readonly mode: number | string
    appendFile (data: Source, options?: DataOptions | string): Promise<void>
    chmod (mode: number | string): Promise<void>
    /** Not supported. */
    chown (uid: number, gid: number): Promise<never>
    createReadStream (options?: ReadStreamOptions | string): ReadStream
    createWriteStream (options?: WriteStreamOptions | string): WriteStream
    datasync (): Promise<void>
    read<T extends ArrayBuffer | ArrayBufferView> (buffer: T, offset?: number | null, length?: number | null, position?: number | bigint | null, options?: { signal?: AbortSignal }): Promise<{ bytesRead: number, buffer: T }>
    read<T extends ArrayBuffer | ArrayBufferView> (buffer: T, options: Range): Promise<{ bytesRead: number, buffer: T }>
    read<T extends ArrayBuffer | ArrayBufferView = Buffer> (options?: Range & { buffer?: T }): Promise<{ bytesRead: number, buffer: T }>
    readFile (options?: { encoding?: null, signal?: AbortSignal } | null): Promise<Buffer>
    readFile (options: { encoding: string, signal?: AbortSignal } | string): Promise<string>
    readLines (options?: ReadStreamOptions): AsyncGenerator<string, void>
    readv<T extends ArrayBufferView> (buffers: T[], position?: number | null): Promise<{ bytesRead: number, buffers: T[] }>
    /** Not supported. */
    readableWebStream (): never
    stat (options?: { bigint?: false }): Promise<Stats>
    stat (options: { bigint: true }): Promise<Stats<bigint>>
    sync (): Promise<void>
    truncate (length?: number): Promise<void>
    utimes (atime: Time, mtime: Time): Promise<void>
    write<T extends ArrayBuffer | ArrayBufferView> (buffer: T, offset?: number | null | Range, length?: number | null, position?: number | bigint | null, options?: { signal?: AbortSignal }): Promise<{ bytesWritten: number, buffer: T }>
    write (data: string, position?: number | bigint | null, encoding?: string): Promise<{ bytesWritten: number, buffer: string }>
    writeFile (data: Source, options?: DataOptions | string): Promise<void>
    writev<T extends ArrayBufferView> (buffers: T[], position?: number | null): Promise<{ bytesWritten: number, buffers: T[] }>
  }

  export class DirectoryHandle extends Handle {
    static readonly MAX_ENTRIES: number
    static from (id: string | DirectoryHandle | { id: string }): DirectoryHandle
    static open (path: Path, options?: object): Promise<DirectoryHandle>
    constructor (options?: { path?: Path, id?: string, fd?: number })
    read (options?: { entries?: number }): Promise<{ name: string, type: string }[]>
  }

  const exports: typeof import('socket:fs/handle')
  export default exports
}
