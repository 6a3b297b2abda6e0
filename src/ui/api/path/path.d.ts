/**
 * @module path/path
 *
 * A parsed path as an object, and the path functions with the flavour as first argument.
 */
declare module 'socket:path/path' {
  import * as exports from 'socket:path/path'

  /** A path and its parts. */
  export class Path {
    static basename: typeof exports.basename
    static cwd: typeof exports.cwd
    static dirname: typeof exports.dirname
    static extname: typeof exports.extname
    static format: typeof exports.format
    static join: typeof exports.join
    static normalize: typeof exports.normalize
    static origin: typeof exports.origin
    static parse: typeof exports.parse
    static relative: typeof exports.relative
    static resolve: typeof exports.resolve
    /**
     * Makes a path from a string, a URL or an object with `href` or `pathname`.
     * @param cwd what a relative path is relative to
     */
    static from (input: string|URL|Path|{ href?: string, pathname?: string }, cwd?: string): Path
    constructor (pathname: string, cwd?: string|null)
    /** The string that the path was made from. */
    get source (): any
    /** The path as a string, without the protocol of a URL. */
    get value (): any
    /** The path as part of a URL. */
    get pathname (): any
    /** Whether the path does not start at a root. */
    get isRelative (): boolean
    /** The root, or an empty string. */
    get root (): any
    /** The folder. */
    get dir (): any
    /** The last segment. */
    get base (): any
    /** The last segment without its extension. */
    get name (): any
    /** The extension, with its dot. */
    get ext (): any
    /** The folder, ending in a separator. */
    get parent (): any
    /** The drive letter with its colon, or `null`. */
    get drive (): any
    /** The path as a URL. */
    get url (): any
    /** The protocol of the path's URL. */
    get protocol (): any
    /** The path's URL as a string. */
    get href (): any
    toURL (): URL
    toString (): string
    /** The parts alone, as they are shown by `inspect`. */
    inspect (): any
    get [Symbol.toStringTag] (): any
  }

  /** The last segment of a path. */
  export function basename (options?: any, path?: any, suffix?: any): any

  /** The folder against which relative paths are resolved. */
  export function cwd (options?: { posix?: boolean }): string

  /** The folder of a path. */
  export function dirname (options?: any, path?: any): any

  /** The extension of a path. */
  export function extname (options?: any, path?: any): any

  /** Puts the parts of a path together. */
  export function format (options?: any, parts?: any): any

  /** Joins paths and cleans the result. */
  export function join (options?: any, ...paths: any[]): any

  /** Cleans a path. */
  export function normalize (options?: any, path?: any): any

  /** The origin of the page, or `socket://localhost` where there is no page. */
  export function origin (): string

  /** Takes a path apart; one with backslashes or a drive as Windows would. */
  export function parse (path?: any): any

  /** The path that leads from one path to another. */
  export function relative (options?: any, from?: any, to?: any): any

  /** Resolves paths to an absolute one. */
  export function resolve (options?: any, ...paths: any[]): any

  export { Path as default }
}
