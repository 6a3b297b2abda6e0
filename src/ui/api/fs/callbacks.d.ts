declare module 'socket:fs/callbacks' {
  import type { Buffer } from 'socket:buffer'
  import type { Dirent } from 'socket:fs/dir'
  import type { FileHandle } from 'socket:fs/handle'
  import type { Stats } from 'socket:fs/stats'
  import type { Dir } from 'socket:fs/dir'
  import type { ReadStream, ReadStreamOptions, WriteStream, WriteStreamOptions } from 'socket:fs/stream'
  import type { WatchOptions, Watcher } from 'socket:fs/watcher'
  import type {
    Bytes, CopyOptions, Descriptor, EncodingOptions, ListOptions, MakeOptions, Mode, Path, Range, ReadOptions, RemoveOptions, Source, StatOptions, Target, Time, WriteOptions
  } from 'socket:fs/types'

  type Failure = Error & { code?: string, syscall?: string, path?: string, dest?: string }
  type Done<T = void> = (error: Failure | null, result: T) => void
  type DoneTwo<A, B> = (error: Failure | null, first: A, second: B) => void

  export function access (path: Path, callback: Done<void>): void
  export function access (path: Path, mode: undefined | number, callback: Done<void>): void
  export function appendFile (path: Target, data: Source, callback: Done<void>): void
  export function appendFile (path: Target, data: Source, options: undefined | WriteOptions | string, callback: Done<void>): void
  export function chmod (path: Path, mode: Mode, callback: Done<void>): void
  export function chown (path: Path, uid: number, gid: number, callback: Done<void>): void
  export function copyFile (src: Path, dest: Path, callback: Done<void>): void
  export function copyFile (src: Path, dest: Path, flags: undefined | number, callback: Done<void>): void
  export function cp (src: Path, dest: Path, callback: Done<void>): void
  export function cp (src: Path, dest: Path, options: undefined | CopyOptions, callback: Done<void>): void
  export function lchown (path: Path, uid: number, gid: number, callback: Done<void>): void
  export function link (existingPath: Path, newPath: Path, callback: Done<void>): void
  export function lstat (path: Path, callback: Done<Stats>): void
  export function lstat (path: Path, options: undefined | StatOptions & { bigint?: false }, callback: Done<Stats>): void
  export function lstat (path: Path, options: StatOptions & { bigint: true }, callback: Done<Stats<bigint>>): void
  export function mkdir (path: Path, callback: Done<string | undefined>): void
  export function mkdir (path: Path, options: undefined | MakeOptions | Mode, callback: Done<string | undefined>): void
  export function mkdtemp (prefix: Path, callback: Done<string>): void
  export function mkdtemp (prefix: Path, options: undefined | EncodingOptions | string, callback: Done<string>): void
  export function readdir (path: Path, callback: Done<string[]>): void
  export function readdir (path: Path, options: undefined | (ListOptions & { withFileTypes?: false }) | string, callback: Done<string[]>): void
  export function readdir (path: Path, options: ListOptions & { withFileTypes: true }, callback: Done<Dirent[]>): void
  export function readFile (path: Target, callback: Done<Buffer>): void
  export function readFile (path: Target, options: undefined | (ReadOptions & { encoding?: null }) | null, callback: Done<Buffer>): void
  export function readFile (path: Target, options: (ReadOptions & { encoding: string }) | string, callback: Done<string>): void
  export function readlink (path: Path, callback: Done<string>): void
  export function readlink (path: Path, options: undefined | EncodingOptions | string, callback: Done<string>): void
  export function realpath (path: Path, callback: Done<string>): void
  export function realpath (path: Path, options: undefined | EncodingOptions | string, callback: Done<string>): void
  export function rename (oldPath: Path, newPath: Path, callback: Done<void>): void
  export function rm (path: Path, callback: Done<void>): void
  export function rm (path: Path, options: undefined | RemoveOptions, callback: Done<void>): void
  export function rmdir (path: Path, callback: Done<void>): void
  export function rmdir (path: Path, options: undefined | RemoveOptions, callback: Done<void>): void
  export function stat (path: Path, callback: Done<Stats>): void
  export function stat (path: Path, options: undefined | StatOptions & { bigint?: false }, callback: Done<Stats>): void
  export function stat (path: Path, options: StatOptions & { bigint: true }, callback: Done<Stats<bigint>>): void
  export function symlink (target: Path, path: Path, callback: Done<void>): void
  export function symlink (target: Path, path: Path, type: undefined | string, callback: Done<void>): void
  export function truncate (path: Path, callback: Done<void>): void
  export function truncate (path: Path, length: undefined | number, callback: Done<void>): void
  export function unlink (path: Path, callback: Done<void>): void
  export function utimes (path: Path, atime: Time, mtime: Time, callback: Done<void>): void
  export function writeFile (path: Target, data: Source, callback: Done<void>): void
  export function writeFile (path: Target, data: Source, options: undefined | WriteOptions | string, callback: Done<void>): void
  export function exists (path: Path, callback: (isThere: boolean) => void): void
  export function open (path: Path, callback: Done<number>): void
  export function open (path: Path, flags: string | number | undefined, callback: Done<number>): void
  export function open (path: Path, flags: string | number | undefined, mode: Mode | undefined, callback: Done<number>): void
  export function opendir (path: Path, callback: Done<Dir>): void
  export function opendir (path: Path, options: EncodingOptions | undefined, callback: Done<Dir>): void
  export function close (fd: Descriptor, callback?: Done): void
  export function fchmod (fd: Descriptor, mode: Mode, callback: Done): void
  export function fdatasync (fd: Descriptor, callback: Done): void
  export function fstat (fd: Descriptor, callback: Done<Stats>): void
  export function fstat (fd: Descriptor, options: StatOptions | undefined, callback: Done<Stats>): void
  export function fsync (fd: Descriptor, callback: Done): void
  export function ftruncate (fd: Descriptor, callback: Done): void
  export function ftruncate (fd: Descriptor, length: number | undefined, callback: Done): void
  export function futimes (fd: Descriptor, atime: Time, mtime: Time, callback: Done): void
  export function read (fd: Descriptor, callback: DoneTwo<number, Buffer>): void
  export function read (fd: Descriptor, options: Range & { buffer?: Bytes }, callback: DoneTwo<number, Bytes>): void
  export function read<T extends Bytes> (fd: Descriptor, buffer: T, options: Range, callback: DoneTwo<number, T>): void
  export function read<T extends Bytes> (fd: Descriptor, buffer: T, offset: number, length: number, position: number | bigint | null, callback: DoneTwo<number, T>): void
  export function readv<T extends ArrayBufferView> (fd: Descriptor, buffers: T[], callback: DoneTwo<number, T[]>): void
  export function readv<T extends ArrayBufferView> (fd: Descriptor, buffers: T[], position: number | null, callback: DoneTwo<number, T[]>): void
  export function write<T extends Bytes | string> (fd: Descriptor, data: T, callback: DoneTwo<number, T>): void
  export function write<T extends Bytes> (fd: Descriptor, buffer: T, offset: number, length: number, position: number | bigint | null, callback: DoneTwo<number, T>): void
  export function write (fd: Descriptor, data: string, position: number | null, callback: DoneTwo<number, string>): void
  export function write (fd: Descriptor, data: string, position: number | null, encoding: string, callback: DoneTwo<number, string>): void
  export function writev<T extends ArrayBufferView> (fd: Descriptor, buffers: T[], callback: DoneTwo<number, T[]>): void
  export function writev<T extends ArrayBufferView> (fd: Descriptor, buffers: T[], position: number | null, callback: DoneTwo<number, T[]>): void
  export function createReadStream (path: Path | null, options?: ReadStreamOptions | string): ReadStream
  export function createWriteStream (path: Path | null, options?: WriteStreamOptions | string): WriteStream
  export function watch (path: Path, listener?: (eventType: string, filename: string | Buffer | null) => void): Watcher
  export function watch (path: Path, options: WatchOptions | string | undefined, listener?: (eventType: string, filename: string | Buffer | null) => void): Watcher
  /** Not supported. */
  export function fchown (...values: unknown[]): never
  /** Not supported. */
  export function lchmod (...values: unknown[]): never
  /** Not supported. */
  export function lutimes (...values: unknown[]): never
  /** Not supported. */
  export function openAsBlob (...values: unknown[]): never
  /** Not supported. */
  export function statfs (...values: unknown[]): never
  /** Not supported. */
  export function unwatchFile (...values: unknown[]): never
  /** Not supported. */
  export function watchFile (...values: unknown[]): never
}
