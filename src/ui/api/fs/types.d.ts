/** The arguments that the functions of `socket:fs` share; there is no such module at run time. */
declare module 'socket:fs/types' {
  import type { FileHandle } from 'socket:fs/handle'

  export type Path = string | Uint8Array | URL
  export type Mode = number | string
  export type Time = number | string | Date | bigint
  export type Data = string | ArrayBuffer | ArrayBufferView
  export type Source = Data | Iterable<Data> | AsyncIterable<Data>
  /** A path, or an open file. */
  export type Target = Path | FileHandle | number
  /** An open file. */
  export type Descriptor = number | FileHandle
  export type Bytes = ArrayBuffer | ArrayBufferView
  export interface Range { offset?: number | null, length?: number | null, position?: number | bigint | null }
  export interface EncodingOptions { encoding?: string | null }
  export interface ReadOptions extends EncodingOptions { flag?: string | number, signal?: AbortSignal }
  export interface WriteOptions extends ReadOptions { mode?: Mode, flush?: boolean }
  export interface StatOptions { bigint?: boolean, throwIfNoEntry?: boolean }
  export interface MakeOptions { recursive?: boolean, mode?: Mode }
  export interface ListOptions extends EncodingOptions { recursive?: boolean, withFileTypes?: boolean }
  export interface RemoveOptions { recursive?: boolean, force?: boolean }
  export interface CopyOptions {
    recursive?: boolean
    force?: boolean
    errorOnExist?: boolean
    dereference?: boolean
    preserveTimestamps?: boolean
    mode?: number
    filter? (src: string, dest: string): boolean | Promise<boolean>
  }
}
