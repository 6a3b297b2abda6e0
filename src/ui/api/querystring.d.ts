/**
 * @module querystring
 *
 * Query strings, with Node's semantics.
 */
declare module 'socket:querystring' {
  export function decode (...values: any[]): any

  export function encode (...values: any[]): any

  /** Escapes a text for a query string. */
  export function escape (text?: any): any

  /** Reads a query string. */
  export function parse (text: string, separator?: string, equals?: string, options?: { maxKeys?: number, decodeURIComponent?: (text: string) => string }): Record<string, string|string[]>

  /** Writes an object as a query string. */
  export function stringify (values: object, separator?: string, equals?: string, options?: { encodeURIComponent?: (text: string) => string }): string

  /** Takes the escapes out of a text; a broken one stays as it is. */
  export function unescape (text?: any): any

  /** The bytes of an escaped text. */
  export function unescapeBuffer (text?: any): any

  export * as default from 'socket:querystring'
}
