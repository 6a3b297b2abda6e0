/**
 * @module path/path
 *
 * A parsed path as an object, and the path functions with the flavour as first argument.
 */
import { cwd as workingDirectory } from 'socket:internal/args'
import * as posix from 'socket:path/posix'
import * as win32 from 'socket:path/win32'

const DRIVE = /^[a-z]:/i

/**
 * The functions of a flavour.
 * @param {{ sep?: string }} options
 */
function flavour (options) {
  return options?.sep === '\\' ? win32 : posix
}

/** Resolves paths to an absolute one. */
export function resolve (options, ...paths) {
  return flavour(options).resolve(...paths)
}

/** Joins paths and cleans the result. */
export function join (options, ...paths) {
  return flavour(options).join(...paths)
}

/** The path that leads from one path to another. */
export function relative (options, from, to) {
  return flavour(options).relative(from, to)
}

/** The folder of a path. */
export function dirname (options, path) {
  return flavour(options).dirname(path)
}

/** The last segment of a path. */
export function basename (options, path, suffix) {
  return flavour(options).basename(path, suffix)
}

/** The extension of a path. */
export function extname (options, path) {
  return flavour(options).extname(path)
}

/** Cleans a path. */
export function normalize (options, path) {
  return flavour(options).normalize(path)
}

/** Puts the parts of a path together. */
export function format (options, parts) {
  return flavour(options).format(parts)
}

/** Takes a path apart; one with backslashes or a drive as Windows would. */
export function parse (path) {
  return flavour({ sep: /\\/.test(path) || DRIVE.test(path) ? '\\' : '/' }).parse(path)
}

/**
 * The folder against which relative paths are resolved.
 * @param {{ posix?: boolean }} [options]
 * @return {string}
 */
export function cwd (options) {
  const path = workingDirectory()
  return options?.posix === true ? path.replaceAll('\\', '/') : path
}

/**
 * The origin of the page, or `socket://localhost` where there is no page.
 * @return {string}
 */
export function origin () {
  const own = globalThis.location?.origin
  return own && own !== 'null' ? own : 'socket://localhost'
}

/** A path and its parts. */
export class Path {
  /**
   * Makes a path from a string, a URL or an object with `href` or `pathname`.
   * @param {string|URL|Path|{ href?: string, pathname?: string }} input
   * @param {string} [cwd] what a relative path is relative to
   * @return {Path}
   */
  static from (input, cwd) {
    if (input instanceof Path) return new this(input.source, cwd)
    return new this(String(input?.href ?? input?.pathname ?? (input || '.')), cwd ? String(cwd) : null)
  }

  #source
  #cwd
  #parts
  #hasProtocol

  /**
   * @param {string} pathname
   * @param {string|null} [cwd]
   */
  constructor (pathname, cwd = null) {
    this.#source = String(pathname || '.').trim()
    this.#cwd = cwd
    this.#hasProtocol = /^[a-z][a-z0-9+.-]+:/i.test(this.#source)
    this.#parts = parse(this.value)
  }

  /** The string that the path was made from. */
  get source () { return this.#source }

  /** The path as a string, without the protocol of a URL. */
  get value () {
    return this.#hasProtocol ? decodeURIComponent(new URL(this.#source).pathname) : this.#source
  }

  /** The path as part of a URL. */
  get pathname () { return this.value }

  /** Whether the path does not start at a root. */
  get isRelative () {
    return !posix.isAbsolute(this.value) && !win32.isAbsolute(this.value)
  }

  /** The root, or an empty string. */
  get root () { return this.#parts.root }

  /** The folder. */
  get dir () { return this.#parts.dir }

  /** The last segment. */
  get base () { return this.#parts.base }

  /** The last segment without its extension. */
  get name () { return this.#parts.name }

  /** The extension, with its dot. */
  get ext () { return this.#parts.ext }

  /** The folder, ending in a separator. */
  get parent () {
    const { base } = this
    return base ? this.value.slice(0, this.value.lastIndexOf(base)) : this.value
  }

  /** The drive letter with its colon, or `null`. */
  get drive () { return this.value.match(DRIVE)?.[0] ?? null }

  /** The path as a URL. */
  get url () {
    if (this.#hasProtocol) return new URL(this.#source)
    const base = (this.#cwd ?? cwd()).replaceAll('\\', '/').replace(/^(?!\/)/, '/').replace(/\/*$/, '/')
    return new URL(encodeURI(this.value.replaceAll('\\', '/')).replace(/[?#]/g, encodeURIComponent), `file://${base}`)
  }

  /** The protocol of the path's URL. */
  get protocol () { return this.url.protocol }

  /** The path's URL as a string. */
  get href () { return this.url.href }

  /** @return {URL} */
  toURL () { return this.url }

  /** @return {string} */
  toString () { return this.value }

  /** The parts alone, as they are shown by `inspect`. */
  inspect () {
    const { root, dir, base, ext, name } = this
    return { root, dir, base, ext, name }
  }

  get [Symbol.toStringTag] () { return 'Path' }

  static basename = basename
  static cwd = cwd
  static dirname = dirname
  static extname = extname
  static format = format
  static join = join
  static normalize = normalize
  static origin = origin
  static parse = parse
  static relative = relative
  static resolve = resolve
}

export default Path
