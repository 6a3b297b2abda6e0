/**
 * @module fs
 *
 * Files and folders: by callbacks, blocking (`…Sync`), and by promises (`fs.promises`, which is
 * also `socket:fs/promises`).
 *
 * ```js
 * import fs from 'socket:fs'
 *
 * fs.readFile('index.html', 'utf8', (error, text) => { … })
 * ```
 */
import * as promises from 'socket:fs/promises'
import constants from 'socket:fs/constants'
import fds from 'socket:fs/fds'
import * as exports from 'socket:fs'

export * from 'socket:fs/callbacks'
export * from 'socket:fs/sync'
export { F_OK, R_OK, W_OK, X_OK } from 'socket:fs/constants'
export { Dir, Dirent } from 'socket:fs/dir'
export { DirectoryHandle, FileHandle } from 'socket:fs/handle'
export { Stats } from 'socket:fs/stats'
export { ReadStream, WriteStream } from 'socket:fs/stream'
export { Watcher } from 'socket:fs/watcher'
export { constants, fds, promises }

export default exports
