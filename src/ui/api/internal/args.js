/**
 * What the native side told this realm about the app: `globalThis.__args` in a page, the session's
 * own copy in a worker.
 */
import { bootstrap } from 'socket:internal/session'

/** The arguments of this realm. */
export const args = globalThis.__args ?? bootstrap

let workingDirectory = args.cwd || '/'

/**
 * The folder against which relative paths are resolved.
 * @return {string}
 */
export function cwd () {
  return workingDirectory
}

/**
 * Remembers another working folder, once the native side has accepted it.
 * @param {string} path
 */
export function setCwd (path) {
  workingDirectory = path
}

export default args
