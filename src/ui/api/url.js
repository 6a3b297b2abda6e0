/**
 * @module url
 *
 * The web's `URL`, and Node's functions for addresses.
 */
import { args } from 'socket:internal/args'
import { codedError, invalidArgType } from 'socket:internal/node-errors'
import { unsupported } from 'socket:internal/unsupported'

/** An address. */
export const URL = globalThis.URL
/** The values in an address. */
export const URLSearchParams = globalThis.URLSearchParams
/** A pattern of addresses; this engine may not have it. */
export const URLPattern = globalThis.URLPattern ?? class URLPattern {
  constructor () { unsupported('URLPattern') }
}

/** Protocols whose addresses have a host. */
export const protocols = new Set(['socket:', 'http:', 'https:', 'ws:', 'wss:', 'ftp:', 'file:', 'node:', 'npm:', 'ipc:'])

const PARTS = /^([a-z][a-z0-9.+-]*:)?(\/\/(?:([^/?#@]*)@)?(\[[^\]]*\]|[^/?#:]*)(?::(\d*))?)?([^?#]*)(\?[^#]*)?(#.*)?$/is

/**
 * Takes an address apart, whole or relative.
 * @param {string} text
 * @param {boolean} [hasQueryObject] whether `query` is an object
 * @return {object} Node's parts; null where there is none
 */
export function parse (text, hasQueryObject = false) {
  if (typeof text !== 'string') throw invalidArgType('url', 'of type string', text)
  const [, protocol, authority, auth, hostname, port, pathname, search, hash] = PARTS.exec(text.trim()) ?? []
  const query = hasQueryObject ? Object.fromEntries(new URLSearchParams(search ?? '')) : search?.slice(1) ?? null
  const parts = {
    protocol: protocol?.toLowerCase() ?? null,
    slashes: authority !== undefined || null,
    auth: auth === undefined ? null : decodeURIComponent(auth),
    host: hostname ? `${hostname.toLowerCase()}${port ? `:${port}` : ''}` : authority === undefined ? null : '',
    port: port || null,
    hostname: hostname?.toLowerCase().replace(/^\[|\]$/g, '') ?? null,
    hash: hash ?? null,
    search: search ?? null,
    query,
    pathname: pathname || (authority !== undefined && hostname ? '/' : null),
    path: null,
    href: ''
  }
  if (parts.pathname !== null || parts.search !== null) parts.path = `${parts.pathname ?? ''}${parts.search ?? ''}`
  parts.href = format(parts)
  return parts
}

/** The same as `parse`. */
export const parseURL = parse

/**
 * Writes an address.
 * @param {URL|object|string} value
 * @return {string}
 */
export function format (value) {
  if (typeof value === 'string') return parse(value).href
  if (value === null || typeof value !== 'object') throw invalidArgType('urlObject', 'one of type object or string', value)
  if (value instanceof URL) return value.href
  const protocol = value.protocol ? value.protocol.replace(/:?$/, ':') : ''
  const auth = value.auth ? `${encodeURIComponent(value.auth).replace('%3A', ':')}@` : ''
  const name = value.hostname?.includes(':') ? `[${value.hostname}]` : value.hostname
  const host = value.host ?? (name ? `${name}${value.port ? `:${value.port}` : ''}` : null)
  const hasSlashes = value.slashes || (host !== null && host !== undefined && /^(https?|ftp|file|socket|wss?):$/.test(protocol))
  const query = value.search ?? (value.query && typeof value.query === 'object' ? String(new URLSearchParams(value.query)) : value.query) ?? ''
  const search = query && !query.startsWith('?') ? `?${query}` : query
  const hash = value.hash ? value.hash.replace(/^#?/, '#') : ''
  const path = (value.pathname ?? '').replace(/[?#]/g, encodeURIComponent)
  const start = hasSlashes ? `//${auth}${host ?? ''}${path && path[0] !== '/' ? '/' : ''}` : ''
  return `${protocol}${start}${path}${search}${hash}`
}

/**
 * Resolves an address against another, both whole or relative.
 * @param {string} from
 * @param {string} to
 * @return {string}
 */
export function resolve (from, to) {
  const base = new URL(from, 'resolve://host/')
  const resolved = new URL(to, base)
  if (resolved.protocol !== 'resolve:') return resolved.href
  const { pathname, search, hash } = resolved
  const isRooted = from.startsWith('/') || to.startsWith('/') || from === ''
  return `${isRooted ? pathname : pathname.slice(1)}${search}${hash}`
}

/**
 * The path of a `file:` address.
 * @param {string|URL} url
 * @return {string}
 */
export function fileURLToPath (url) {
  const { protocol, host, pathname } = new URL(url)
  if (protocol !== 'file:') throw codedError(TypeError, 'ERR_INVALID_URL_SCHEME', 'The URL must be of scheme file')
  if (args.platform === 'win32') {
    const path = decodeURIComponent(pathname).replaceAll('/', '\\')
    return host ? `\\\\${host}${path}` : path.slice(1)
  }
  if (host !== '') throw codedError(TypeError, 'ERR_INVALID_FILE_URL_HOST', 'File URL host must be "localhost" or empty')
  if (/%2f/i.test(pathname)) throw codedError(TypeError, 'ERR_INVALID_FILE_URL_PATH', 'File URL path must not include encoded / characters')
  return decodeURIComponent(pathname)
}

/**
 * The `file:` address of a path.
 * @param {string} path
 * @return {URL}
 */
export function pathToFileURL (path) {
  const absolute = /^([a-z]:)?[\\/]/i.test(path) ? path : `${args.cwd ?? ''}/${path}`
  const escaped = absolute.replaceAll('%', '%25').replaceAll('?', '%3F').replaceAll('#', '%23').replaceAll('\n', '%0A').replaceAll('\r', '%0D').replaceAll('\t', '%09')
  const slashed = args.platform === 'win32' ? escaped.replaceAll('\\', '/').replace(/^(?!\/)/, '/') : escaped.replaceAll('\\', '%5C')
  return new URL(`file://${slashed}`)
}

/** `URL` with the functions of this module on it. */
export default class extends URL {
  static URL = URL
  static URLSearchParams = URLSearchParams
  static URLPattern = URLPattern
  static protocols = protocols
  static parse = parse
  static parseURL = parse
  static format = format
  static resolve = resolve
  static fileURLToPath = fileURLToPath
  static pathToFileURL = pathToFileURL
}
