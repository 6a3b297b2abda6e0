declare module 'socket:fs/sync' {
  import type { Buffer } from 'socket:buffer'
  import type { Dirent } from 'socket:fs/dir'
  import type { FileHandle } from 'socket:fs/handle'
  import type { Stats } from 'socket:fs/stats'
  import type {
    Bytes, CopyOptions, Descriptor, EncodingOptions, ListOptions, MakeOptions, Mode, Path, Range, ReadOptions, RemoveOptions, Source, StatOptions, Target, Time, WriteOptions
  } from 'socket:fs/types'

  export function accessSync (path: Path, mode?: number): void
  export function appendFileSync (path: Target, data: Source, options?: WriteOptions | string): void
  export function chmodSync (path: Path, mode: Mode): void
  export function chownSync (path: Path, uid: number, gid: number): void
  export function copyFileSync (src: Path, dest: Path, flags?: number): void
  export function cpSync (src: Path, dest: Path, options?: CopyOptions): void
  export function lchownSync (path: Path, uid: number, gid: number): void
  export function linkSync (existingPath: Path, newPath: Path): void
  export function lstatSync (path: Path, options?: StatOptions & { bigint?: false }): Stats
  export function lstatSync (path: Path, options: StatOptions & { throwIfNoEntry: false } & { bigint: true }): Stats<bigint> | undefined
  export function lstatSync (path: Path, options: StatOptions & { bigint: true }): Stats<bigint>
  export function mkdirSync (path: Path, options?: MakeOptions | Mode): string | undefined
  export function mkdtempSync (prefix: Path, options?: EncodingOptions | string): string
  export function readdirSync (path: Path, options?: (ListOptions & { withFileTypes?: false }) | string): string[]
  export function readdirSync (path: Path, options: ListOptions & { withFileTypes: true }): Dirent[]
  export function readFileSync (path: Path, options?: (ReadOptions & { encoding?: null }) | null): Buffer
  export function readFileSync (path: Path, options: (ReadOptions & { encoding: string }) | string): string
  export function readlinkSync (path: Path, options?: EncodingOptions | string): string
  export function realpathSync (path: Path, options?: EncodingOptions | string): string
  export function renameSync (oldPath: Path, newPath: Path): void
  export function rmSync (path: Path, options?: RemoveOptions): void
  export function rmdirSync (path: Path, options?: RemoveOptions): void
  export function statSync (path: Path, options?: StatOptions & { bigint?: false }): Stats
  export function statSync (path: Path, options: StatOptions & { throwIfNoEntry: false } & { bigint: true }): Stats<bigint> | undefined
  export function statSync (path: Path, options: StatOptions & { bigint: true }): Stats<bigint>
  export function symlinkSync (target: Path, path: Path, type?: string): void
  export function truncateSync (path: Path, length?: number): void
  export function unlinkSync (path: Path): void
  export function utimesSync (path: Path, atime: Time, mtime: Time): void
  export function writeFileSync (path: Target, data: Source, options?: WriteOptions | string): void
  export function existsSync (path: Path): boolean
  export function openSync (path: Path, flags?: string | number, mode?: Mode): number
  export function closeSync (fd: Descriptor): void
  export function fchmodSync (fd: Descriptor, mode: Mode): void
  export function fdatasyncSync (fd: Descriptor): void
  export function fstatSync (fd: Descriptor, options?: StatOptions): Stats
  export function fsyncSync (fd: Descriptor): void
  export function ftruncateSync (fd: Descriptor, length?: number): void
  export function futimesSync (fd: Descriptor, atime: Time, mtime: Time): void
  export function readSync (fd: Descriptor, buffer: Bytes, offset?: number | Range, length?: number, position?: number | bigint | null): number
  export function writeSync (fd: Descriptor, data: Bytes | string, offset?: number | Range | null, length?: number | string | null, position?: number | bigint | null): number
  /** Not supported. */
  export function fchownSync (...values: unknown[]): never
  /** Not supported. */
  export function lchmodSync (...values: unknown[]): never
  /** Not supported. */
  export function lutimesSync (...values: unknown[]): never
  /** Not supported. */
  export function opendirSync (...values: unknown[]): never
  /** Not supported. */
  export function readvSync (...values: unknown[]): never
  /** Not supported. */
  export function statfsSync (...values: unknown[]): never
  /** Not supported. */
  export function writevSync (...values: unknown[]): never
}
