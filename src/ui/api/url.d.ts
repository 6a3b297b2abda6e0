/**
 * @module url
 *
 * The web's `URL`, and Node's functions for addresses.
 */
declare module 'socket:url' {
  /** An address. */
  export const URL: typeof globalThis.URL

  export class URLPattern {
    constructor ()
  }

  /** The values in an address. */
  export const URLSearchParams: typeof globalThis.URLSearchParams

  /** The path of a `file:` address. */
  export function fileURLToPath (url: string|URL): string

  /** Writes an address. */
  export function format (value: URL|object|string): string

  /**
   * Takes an address apart, whole or relative.
   * @param hasQueryObject whether `query` is an object
   * @returns Node's parts; null where there is none
   */
  export function parse (text: string, hasQueryObject?: boolean): object

  /** The same as `parse`. */
  export function parseURL (...values: any[]): any

  /** The `file:` address of a path. */
  export function pathToFileURL (path: string): URL

  /** Protocols whose addresses have a host. */
  export const protocols: Set<string>

  /** Resolves an address against another, both whole or relative. */
  export function resolve (from: string, to: string): string

  /** `URL` with the functions of this module on it. */
  const url: typeof globalThis.URL & typeof import('socket:url')
  export default url
}
