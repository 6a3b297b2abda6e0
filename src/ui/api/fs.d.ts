declare module 'socket:fs' {
  export * from 'socket:fs/callbacks'
  export * from 'socket:fs/sync'
  export { F_OK, R_OK, W_OK, X_OK, default as constants } from 'socket:fs/constants'
  export { Dir, Dirent } from 'socket:fs/dir'
  export { DirectoryHandle, FileHandle } from 'socket:fs/handle'
  export { Stats } from 'socket:fs/stats'
  export { ReadStream, WriteStream } from 'socket:fs/stream'
  export { Watcher } from 'socket:fs/watcher'
  export { default as fds } from 'socket:fs/fds'
  export * as promises from 'socket:fs/promises'

  const exports: typeof import('socket:fs')
  export default exports
}

declare module 'socket:fs/index' {
  export * from 'socket:fs'
  export { default } from 'socket:fs'
}
