/**
 * @module path/win32
 *
 * Windows paths, with Node's semantics. Relative paths start at the app's resources folder.
 */
import { args, cwd as workingDirectory } from 'socket:internal/args'
import { checkString, collapse, formatParts, lastSegment, splitExtension, steps, stripSuffix } from 'socket:internal/path-segments'
import { Path } from 'socket:path/path'
import * as posix from 'socket:path/posix'
import * as exports from 'socket:path/win32'

export * from 'socket:path/well-known'
export { Path, posix, exports as win32 }
export { default as mounts } from 'socket:path/mounts'

/** What separates segments. */
export const sep = '\\'

/** What separates the entries of a list of paths. */
export const delimiter = ';'

const SEPARATOR = /[\\/]+/
const UNC = /^[\\/]{2}([^\\/]+)[\\/]+([^\\/]+)/
const isSeparator = (character) => character === '\\' || character === '/'

/**
 * Takes the root off a path: `device` is a drive or a share, `isRooted` says whether a separator follows,
 * and the rest starts at `end`.
 */
function splitRoot (path) {
  const share = UNC.exec(path)
  if (share) {
    const [whole, server, name] = share
    // A device such as \\.\COM1 or \\?\C: is no share: only its first half is the root.
    if (server === '.' || server === '?') {
      return { device: `\\\\${server}`, isRooted: true, end: 4, isShare: false }
    }
    const isRooted = isSeparator(path[whole.length] ?? '\\')
    return { device: `\\\\${server}\\${name}`, isRooted, end: whole.length, isShare: true }
  }
  const drive = /^[a-z]:/i.exec(path)?.[0] ?? ''
  return { device: drive, isRooted: isSeparator(path[drive.length] ?? ''), end: drive.length, isShare: false }
}

/**
 * The folder against which relative paths are resolved.
 * @return {string}
 */
export function cwd () {
  return workingDirectory().replaceAll('/', '\\')
}

/**
 * Resolves paths from right to left until one has a drive and a root.
 * @param {...string} paths
 * @return {string} an absolute path
 */
export function resolve (...paths) {
  let device = ''
  let tail = ''
  let isRooted = false
  for (let index = paths.length - 1; index >= -1; index -= 1) {
    const path = index >= 0 ? checkString(paths[index], `paths[${index}]`) : startOn(device)
    if (path === '') continue
    const root = splitRoot(path)
    if (root.device !== '') {
      if (device === '') device = root.device
      else if (device.toLowerCase() !== root.device.toLowerCase()) continue
    }
    if (!isRooted) {
      tail = `${path.slice(root.end)}\\${tail}`
      isRooted = root.isRooted
    }
    if (isRooted && device !== '') break
  }
  const segments = collapse(tail.split(SEPARATOR), !isRooted).join('\\')
  return isRooted ? `${device}\\${segments}` : `${device}${segments}` || '.'
}

/** The working folder, on the drive that is asked for. */
function startOn (device) {
  const folder = cwd()
  if (device === '') return folder
  const onDrive = args.env?.[`=${device}`] ?? folder
  const isSame = onDrive.slice(0, 2).toLowerCase() === device.toLowerCase()
  return isSame || onDrive[2] !== '\\' ? onDrive : `${device}\\`
}

/**
 * Cleans a path of empty, `.` and `..` segments and turns its slashes.
 * @param {string} path
 * @return {string}
 */
export function normalize (path) {
  checkString(path, 'path')
  if (path === '') return '.'
  const { device, isRooted, end, isShare } = splitRoot(path)
  const rest = path.slice(end)
  if (isShare && rest.split(SEPARATOR).every((segment) => segment === '')) return `${device}\\`
  let tail = collapse(rest.split(SEPARATOR), !isRooted).join('\\')
  if (tail === '' && !isRooted) tail = '.'
  if (tail !== '' && isSeparator(path.at(-1))) tail += '\\'
  if (device === '' && !isRooted && looksLikeDrive(path, tail)) return `.\\${tail}`
  return `${device}${isRooted ? '\\' : ''}${tail}`
}

/** A drive that only appears by cleaning must not become one, nor a segment that ends in a colon a device. */
function looksLikeDrive (path, tail) {
  return path.length > 1 && path.includes(':') && (/^[a-z]:/i.test(tail) || /:(?:[\\/]|$)/.test(path))
}

/**
 * Whether a path starts at a root.
 * @param {string} path
 * @return {boolean}
 */
export function isAbsolute (path) {
  return /^(?:[a-z]:)?[\\/]/i.test(checkString(path, 'path'))
}

/**
 * Joins paths and cleans the result.
 * @param {...string} paths
 * @return {string}
 */
export function join (...paths) {
  const filled = paths.filter((path) => checkString(path, 'path') !== '')
  if (filled.length === 0) return '.'
  let joined = filled.join('\\')
  // Only a first part that is itself a share may start with two separators.
  if (!/^[\\/]{2}[^\\/]/.test(filled[0])) joined = joined.replace(/^[\\/]{2,}/, '\\')
  return normalize(joined)
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
  const [start, target] = [resolve(from), resolve(to)]
  if (start.toLowerCase() === target.toLowerCase()) return ''
  const devices = [start, target].map((path) => splitRoot(path).device)
  if (devices[0].toLowerCase() !== devices[1].toLowerCase()) return target
  const split = (path, index) => path.slice(devices[index].length).split('\\').filter(Boolean)
  const [first, second] = [split(start, 0), split(target, 1)]
  // Without a drive, two trees that part at the root may lie on different drives.
  const hasCommonRoot = devices[0] !== '' || first.length === 0 || second.length === 0
  if (!hasCommonRoot && first[0].toLowerCase() !== second[0].toLowerCase()) return target
  return steps(first, second, (segment) => segment.toLowerCase()).join('\\')
}

/**
 * The path as the system's own calls want it: with the prefix that lifts the length limit.
 * @param {string} path
 * @return {string}
 */
export function toNamespacedPath (path) {
  if (typeof path !== 'string' || path === '') return path
  const resolved = resolve(path)
  if (resolved.length <= 2) return path
  if (/^\\\\[^.?]/.test(resolved)) return `\\\\?\\UNC\\${resolved.slice(2)}`
  return /^[a-z]:\\/i.test(resolved) ? `\\\\?\\${resolved}` : resolved
}

/** Where the root of a path ends, for the functions that never change it. */
function rootLength (path) {
  const share = UNC.exec(path)
  if (share) return Math.min(share[0].length + 1, path.length)
  const drive = /^[a-z]:/i.test(path) ? 2 : 0
  return isSeparator(path[drive] ?? '') ? drive + 1 : drive
}

/**
 * The folder of a path.
 * @param {string} path
 * @return {string}
 */
export function dirname (path) {
  checkString(path, 'path')
  if (path === '') return '.'
  const length = rootLength(path)
  const { start } = lastSegment(path, length, isSeparator)
  return start > length ? path.slice(0, start - 1) : path.slice(0, length) || '.'
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
  const drive = /^[a-z]:/i.test(path) ? 2 : 0
  const { start, end } = lastSegment(path, drive, isSeparator)
  return stripSuffix(path, path.slice(start, end), suffix)
}

/**
 * The extension of a path, with its dot.
 * @param {string} path
 * @return {string}
 */
export function extname (path) {
  return splitExtension(basename(path)).ext
}

/**
 * Puts the parts of a path together.
 * @param {{ root?: string, dir?: string, base?: string, name?: string, ext?: string }} parts
 * @return {string}
 */
export function format (parts) {
  return formatParts('\\', parts)
}

/**
 * Takes a path apart.
 * @param {string} path
 * @return {{ root: string, dir: string, base: string, ext: string, name: string }}
 */
export function parse (path) {
  checkString(path, 'path')
  const length = rootLength(path)
  const root = path.slice(0, length)
  const { start, end } = lastSegment(path, length, isSeparator)
  const base = path.slice(start, end)
  const dir = start > length ? path.slice(0, start - 1) : root
  return { root, dir, base, ...splitExtension(base) }
}

export default exports
