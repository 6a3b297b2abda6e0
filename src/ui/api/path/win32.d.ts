/**
 * @module path/win32
 *
 * Windows paths, with Node's semantics. Relative paths start at the app's resources folder.
 */
declare module 'socket:path/win32' {
  export * from 'socket:path/well-known'

  export { default as mounts } from 'socket:path/mounts'

  export { Path } from 'socket:path/path'

  /**
   * The last segment of a path.
   * @param suffix taken off its end
   */
  export function basename (path: string, suffix?: string): string

  /** The folder against which relative paths are resolved. */
  export function cwd (): string

  /** What separates the entries of a list of paths. */
  export const delimiter: string

  /** The folder of a path. */
  export function dirname (path: string): string

  /** The extension of a path, with its dot. */
  export function extname (path: string): string

  /** Puts the parts of a path together. */
  export function format (parts: { root?: string, dir?: string, base?: string, name?: string, ext?: string }): string

  /** Whether a path starts at a root. */
  export function isAbsolute (path: string): boolean

  /** Joins paths and cleans the result. */
  export function join (...paths: string[]): string

  /** Cleans a path of empty, `.` and `..` segments and turns its slashes. */
  export function normalize (path: string): string

  /** Takes a path apart. */
  export function parse (path: string): { root: string, dir: string, base: string, ext: string, name: string }

  export * as posix from 'socket:path/posix'

  /** The path that leads from one path to another. */
  export function relative (from: string, to: string): string

  /**
   * Resolves paths from right to left until one has a drive and a root.
   * @returns an absolute path
   */
  export function resolve (...paths: string[]): string

  /** What separates segments. */
  export const sep: string

  /** The path as the system's own calls want it: with the prefix that lifts the length limit. */
  export function toNamespacedPath (path: string): string

  export * as win32 from 'socket:path/win32'

  export * as default from 'socket:path/win32'
}
