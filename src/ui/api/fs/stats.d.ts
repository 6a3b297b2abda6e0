declare module 'socket:fs/stats' {
  /** Numbers, or with `bigint: true` bigints. */
  export class Stats<N extends number | bigint = number> {
    static from (stat: object, isBigInt?: boolean): Stats
    constructor (stat: object)
    dev: N
    ino: N
    mode: N
    nlink: N
    uid: N
    gid: N
    rdev: N
    size: N
    blksize: N
    blocks: N
    atimeMs: N
    mtimeMs: N
    ctimeMs: N
    birthtimeMs: N
    atimeNs?: bigint
    mtimeNs?: bigint
    ctimeNs?: bigint
    birthtimeNs?: bigint
    atime: Date
    mtime: Date
    ctime: Date
    birthtime: Date
    isDirectory (): boolean
    isFile (): boolean
    isBlockDevice (): boolean
    isCharacterDevice (): boolean
    isSymbolicLink (): boolean
    isFIFO (): boolean
    isSocket (): boolean
  }

  const exports: typeof import('socket:fs/stats')
  export default exports
}
