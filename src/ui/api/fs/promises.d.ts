declare module 'socket:fs/promises' {
  import type { Buffer } from 'socket:buffer'
  import type { Dirent } from 'socket:fs/dir'
  import type { FileHandle } from 'socket:fs/handle'
  import type { Stats } from 'socket:fs/stats'
  import type { WatchOptions } from 'socket:fs/watcher'
  import type {
    CopyOptions, EncodingOptions, ListOptions, MakeOptions, Mode, Path, ReadOptions, RemoveOptions, Source, StatOptions, Target, Time, WriteOptions
  } from 'socket:fs/types'

  export { Dir, Dirent } from 'socket:fs/dir'
  export { DirectoryHandle, FileHandle } from 'socket:fs/handle'
  export { Stats } from 'socket:fs/stats'
  export { ReadStream, WriteStream } from 'socket:fs/stream'
  export { Watcher } from 'socket:fs/watcher'
  export { default as constants } from 'socket:fs/constants'
  export { default as fds } from 'socket:fs/fds'

  export function access (path: Path, mode?: number): Promise<void>
  export function appendFile (path: Target, data: Source, options?: WriteOptions | string): Promise<void>
  export function chmod (path: Path, mode: Mode): Promise<void>
  export function chown (path: Path, uid: number, gid: number): Promise<void>
  export function copyFile (src: Path, dest: Path, flags?: number): Promise<void>
  export function cp (src: Path, dest: Path, options?: CopyOptions): Promise<void>
  export function lchown (path: Path, uid: number, gid: number): Promise<void>
  export function link (existingPath: Path, newPath: Path): Promise<void>
  export function lstat (path: Path, options?: StatOptions & { bigint?: false }): Promise<Stats>
  export function lstat (path: Path, options: StatOptions & { bigint: true }): Promise<Stats<bigint>>
  export function mkdir (path: Path, options?: MakeOptions | Mode): Promise<string | undefined>
  export function mkdtemp (prefix: Path, options?: EncodingOptions | string): Promise<string>
  export function readdir (path: Path, options?: (ListOptions & { withFileTypes?: false }) | string): Promise<string[]>
  export function readdir (path: Path, options: ListOptions & { withFileTypes: true }): Promise<Dirent[]>
  export function readFile (path: Target, options?: (ReadOptions & { encoding?: null }) | null): Promise<Buffer>
  export function readFile (path: Target, options: (ReadOptions & { encoding: string }) | string): Promise<string>
  export function readlink (path: Path, options?: EncodingOptions | string): Promise<string>
  export function realpath (path: Path, options?: EncodingOptions | string): Promise<string>
  export function rename (oldPath: Path, newPath: Path): Promise<void>
  export function rm (path: Path, options?: RemoveOptions): Promise<void>
  export function rmdir (path: Path, options?: RemoveOptions): Promise<void>
  export function stat (path: Path, options?: StatOptions & { bigint?: false }): Promise<Stats>
  export function stat (path: Path, options: StatOptions & { bigint: true }): Promise<Stats<bigint>>
  export function symlink (target: Path, path: Path, type?: string): Promise<void>
  export function truncate (path: Path, length?: number): Promise<void>
  export function unlink (path: Path): Promise<void>
  export function utimes (path: Path, atime: Time, mtime: Time): Promise<void>
  export function writeFile (path: Target, data: Source, options?: WriteOptions | string): Promise<void>
  export function exists (path: Path): Promise<boolean>
  export function open (path: Path, flags?: string | number, mode?: Mode): Promise<FileHandle>
  export function opendir (path: Path, options?: EncodingOptions & { bufferSize?: number }): Promise<import('socket:fs/dir').Dir>
  export function watch (path: Path, options?: WatchOptions | string): import('socket:fs/watcher').Watcher
  /** Not supported. */
  export function glob (...values: unknown[]): never
  /** Not supported. */
  export function lchmod (...values: unknown[]): Promise<never>
  /** Not supported. */
  export function lutimes (...values: unknown[]): Promise<never>
  /** Not supported. */
  export function statfs (...values: unknown[]): Promise<never>

  const exports: typeof import('socket:fs/promises')
  export default exports
}
