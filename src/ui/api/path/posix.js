/**
 * @module path/posix
 *
 * Paths with forward slashes, with Node's semantics. Relative paths start at the app's resources folder.
 */
import { cwd as workingDirectory } from 'socket:internal/args'
import { checkString, collapse, formatParts, lastSegment, splitExtension, steps, stripSuffix } from 'socket:internal/path-segments'
import { Path } from 'socket:path/path'
import * as win32 from 'socket:path/win32'
import * as exports from 'socket:path/posix'

export * from 'socket:path/well-known'
export { Path, win32, exports as posix }
export { default as mounts } from 'socket:path/mounts'

/** What separates segments. */
export const sep = '/'

/** What separates the entries of a list of paths. */
export const delimiter = ':'

const isSeparator = (character) => character === '/'

/**
 * The folder against which relative paths are resolved.
 * @return {string}
 */
export function cwd () {
  return workingDirectory().replaceAll('\\', '/')
}

/**
 * Resolves paths from right to left until one is absolute.
 * @param {...string} paths
 * @return {string} an absolute path
 */
export function resolve (...paths) {
  let joined = ''
  for (let index = paths.length - 1; index >= 0 && joined[0] !== '/'; index -= 1) {
    const path = checkString(paths[index], `paths[${index}]`)
    if (path !== '') joined = joined === '' ? path : `${path}/${joined}`
  }
  if (joined[0] !== '/') joined = `${cwd()}/${joined}`
  return `/${collapse(joined.split('/'), false).join('/')}`
}

/**
 * Cleans a path of empty, `.` and `..` segments.
 * @param {string} path
 * @return {string}
 */
export function normalize (path) {
  checkString(path, 'path')
  if (path === '') return '.'
  const root = path[0] === '/' ? '/' : ''
  let tail = collapse(path.split('/'), root === '').join('/')
  if (tail === '' && root === '') tail = '.'
  if (tail !== '' && path.endsWith('/')) tail += '/'
  return root + tail
}

/**
 * Whether a path starts at the root.
 * @param {string} path
 * @return {boolean}
 */
export function isAbsolute (path) {
  return checkString(path, 'path')[0] === '/'
}

/**
 * Joins paths and cleans the result.
 * @param {...string} paths
 * @return {string}
 */
export function join (...paths) {
  const filled = paths.filter((path) => checkString(path, 'path') !== '')
  return filled.length === 0 ? '.' : normalize(filled.join('/'))
}

/**
 * The path that leads from one path to another.
 * @param {string} from
 * @param {string} to
 * @return {string}
 */
export function relative (from, to) {
  checkString(from, 'from')
  checkString(to, 'to')
  const split = (path) => resolve(path).split('/').filter(Boolean)
  return steps(split(from), split(to), (segment) => segment).join('/')
}

/**
 * The path as the system's own calls want it; the same path here.
 * @param {string} path
 * @return {string}
 */
export function toNamespacedPath (path) {
  return path
}

/**
 * The folder of a path.
 * @param {string} path
 * @return {string}
 */
export function dirname (path) {
  checkString(path, 'path')
  if (path === '') return '.'
  const root = path[0] === '/' ? '/' : ''
  const { start } = lastSegment(path, root.length, isSeparator)
  if (start <= root.length) return root || '.'
  return root && start === 2 ? '//' : path.slice(0, start - 1)
}

/**
 * The last segment of a path.
 * @param {string} path
 * @param {string} [suffix] taken off its end
 * @return {string}
 */
export function basename (path, suffix) {
  if (suffix !== undefined) checkString(suffix, 'suffix')
  checkString(path, 'path')
  const { start, end } = lastSegment(path, 0, isSeparator)
  return stripSuffix(path, path.slice(start, end), suffix)
}

/**
 * The extension of a path, with its dot.
 * @param {string} path
 * @return {string}
 */
export function extname (path) {
  checkString(path, 'path')
  const { start, end } = lastSegment(path, 0, isSeparator)
  return splitExtension(path.slice(start, end)).ext
}

/**
 * Puts the parts of a path together.
 * @param {{ root?: string, dir?: string, base?: string, name?: string, ext?: string }} parts
 * @return {string}
 */
export function format (parts) {
  return formatParts('/', parts)
}

/**
 * Takes a path apart.
 * @param {string} path
 * @return {{ root: string, dir: string, base: string, ext: string, name: string }}
 */
export function parse (path) {
  checkString(path, 'path')
  const root = path[0] === '/' ? '/' : ''
  const { start, end } = lastSegment(path, root.length, isSeparator)
  const base = path.slice(start, end)
  const dir = start > root.length ? path.slice(0, start - 1) : root
  return { root, dir, base, ...splitExtension(base) }
}

export default exports
