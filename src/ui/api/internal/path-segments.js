/**
 * What both path flavours share: taking a path apart without touching the disk.
 */
import { invalidArgType } from 'socket:internal/node-errors'

/**
 * Insists on a string.
 * @param {unknown} value
 * @param {string} name
 * @return {string}
 */
export function checkString (value, name) {
  if (typeof value !== 'string') throw invalidArgType(name, 'of type string', value)
  return value
}

/**
 * Drops empty and `.` segments and lets `..` eat the segment before it.
 * @param {string[]} segments
 * @param {boolean} keepsAbove whether a `..` without a segment before it is kept
 * @return {string[]}
 */
export function collapse (segments, keepsAbove) {
  const kept = []
  for (const segment of segments) {
    if (segment === '' || segment === '.') continue
    if (segment !== '..') kept.push(segment)
    else if (kept.length > 0 && kept.at(-1) !== '..') kept.pop()
    else if (keepsAbove) kept.push('..')
  }
  return kept
}

/**
 * Finds the last segment: where it starts and ends, trailing separators left out.
 * @param {string} path
 * @param {number} from where the root ends
 * @param {(character: string) => boolean} isSeparator
 * @return {{ start: number, end: number }}
 */
export function lastSegment (path, from, isSeparator) {
  let end = path.length
  while (end > from && isSeparator(path[end - 1])) end -= 1
  let start = end
  while (start > from && !isSeparator(path[start - 1])) start -= 1
  return { start, end }
}

/**
 * Splits the extension off a base name; a leading dot belongs to the name.
 * @param {string} base
 * @return {{ ext: string, name: string }}
 */
export function splitExtension (base) {
  const dot = base.lastIndexOf('.')
  if (dot <= 0 || base === '..') return { ext: '', name: base }
  return { ext: base.slice(dot), name: base.slice(0, dot) }
}

/**
 * Takes a suffix off a base name, unless it is the whole of it. A path that is nothing but the suffix has no name.
 * @param {string} path
 * @param {string} base
 * @param {string} [suffix]
 * @return {string}
 */
export function stripSuffix (path, base, suffix) {
  if (suffix !== undefined && suffix === path) return ''
  if (suffix === undefined || suffix === '' || suffix === base) return base
  return base.endsWith(suffix) ? base.slice(0, -suffix.length) : base
}

/**
 * Puts the parts of a parsed path together again.
 * @param {string} separator
 * @param {{ root?: string, dir?: string, base?: string, name?: string, ext?: string }} parts
 * @return {string}
 */
export function formatParts (separator, parts) {
  if (parts === null || typeof parts !== 'object') {
    throw invalidArgType('pathObject', 'of type object', parts)
  }
  const dir = parts.dir || parts.root
  const ext = parts.ext ? (parts.ext[0] === '.' ? parts.ext : `.${parts.ext}`) : ''
  const base = parts.base || `${parts.name || ''}${ext}`
  if (!dir) return base
  return dir === parts.root ? `${dir}${base}` : `${dir}${separator}${base}`
}

/**
 * The segments that lead from one list of segments to another.
 * @param {string[]} from
 * @param {string[]} to
 * @param {(segment: string) => string} fold makes two equal segments compare as equal
 * @return {string[]}
 */
export function steps (from, to, fold) {
  let common = 0
  while (common < from.length && common < to.length && fold(from[common]) === fold(to[common])) common += 1
  return [...from.slice(common).fill('..'), ...to.slice(common)]
}
