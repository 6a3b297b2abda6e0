declare module 'socket:fs/dir' {
  import type { DirectoryHandle } from 'socket:fs/handle'

  export const kType: unique symbol
  export function sortDirectoryEntries (a: string | Dirent, b: string | Dirent): number

  export class Dirent<Name = string> {
    static from (name: string | { name: string, type: string, parent?: string }, type?: string | number): Dirent
    constructor (name: Name, type?: string | number, parentPath?: string)
    name: Name
    parentPath: string
    path: string
    readonly type: number
    isDirectory (): boolean
    isFile (): boolean
    isBlockDevice (): boolean
    isCharacterDevice (): boolean
    isSymbolicLink (): boolean
    isFIFO (): boolean
    isSocket (): boolean
  }

  export class Dir implements AsyncIterable<Dirent> {
    static from (handle: DirectoryHandle | string, options?: object): Dir
    constructor (handle: DirectoryHandle, options?: { encoding?: string, bufferSize?: number, withFileTypes?: boolean })
    path: string | null
    handle: DirectoryHandle
    encoding: string
    withFileTypes: boolean
    readonly closed: boolean
    readonly closing: boolean
    close (): Promise<void>
    close (callback: (error: Error | null) => void): void
    read (): Promise<Dirent | null>
    read (callback: (error: Error | null, entry?: Dirent | null) => void): void
    entries (): AsyncGenerator<Dirent, void>
    [Symbol.asyncIterator] (): AsyncGenerator<Dirent, void>
  }

  const exports: typeof import('socket:fs/dir')
  export default exports
}
