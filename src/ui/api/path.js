/**
 * @module path
 *
 * Paths of the system that the app runs on, with Node's semantics; both flavours as `posix` and `win32`.
 *
 * ```js
 * import path, { RESOURCES } from 'socket:path'
 * ```
 */
import { args } from 'socket:internal/args'
import * as posix from 'socket:path/posix'
import * as win32 from 'socket:path/win32'
import * as exports from 'socket:path'

export * from 'socket:path/well-known'
export { default as mounts } from 'socket:path/mounts'
export { Path } from 'socket:path/path'
export { posix, win32 }

const native = args.platform === 'win32' ? win32 : posix

export const {
  /** The last segment of a path. */
  basename,
  /** The folder against which relative paths are resolved. */
  cwd,
  /** What separates the entries of a list of paths. */
  delimiter,
  /** The folder of a path. */
  dirname,
  /** The extension of a path. */
  extname,
  /** Puts the parts of a path together. */
  format,
  /** Whether a path starts at a root. */
  isAbsolute,
  /** Joins paths and cleans the result. */
  join,
  /** Cleans a path. */
  normalize,
  /** Takes a path apart. */
  parse,
  /** The path that leads from one path to another. */
  relative,
  /** Resolves paths to an absolute one. */
  resolve,
  /** What separates segments. */
  sep,
  /** The path as the system's own calls want it. */
  toNamespacedPath
} = native

export default exports
