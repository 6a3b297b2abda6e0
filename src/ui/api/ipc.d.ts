declare module 'socket:ipc' {
  /** A call's value: an object of parameters, or anything else as the parameter `value`. */
  export type Value = Record<string, unknown> | URLSearchParams | string | number | boolean | bigint | null | undefined | unknown[]
  export type Bytes = ArrayBuffer | ArrayBufferView | string | number[]

  export interface CallOptions {
    bytes?: Bytes
    cache?: boolean
    responseType?: '' | 'text' | 'json' | 'arraybuffer'
    signal?: AbortSignal
    /** In milliseconds; `true` is the default of 32,000. */
    timeout?: number | boolean
  }

  /** What went wrong; system errors carry `syscall` and `path`. */
  export interface CallError extends Error {
    code?: string
    syscall?: string
    path?: string
    dest?: string
  }

  export class Headers extends globalThis.Headers {
    static from (input: unknown): Headers
    readonly length: number
    toJSON (): Record<string, string>
  }

  export class Message extends URL {
    static readonly PROTOCOL: 'ipc:'
    static from (input: string | URL | Message | ArrayBuffer | Uint8Array | { command: string, params?: object }, params?: object | URLSearchParams | Uint8Array | null, bytes?: ArrayBuffer | Uint8Array | string | null): Message
    static isValidInput (input: unknown): boolean
    constructor (input: string | URL, bytes?: Uint8Array | null)
    bytes: Uint8Array | null
    readonly command: string
    readonly name: string
    readonly id: string | null
    readonly seq: string | null
    readonly value: any
    readonly index: number
    readonly json: any
    readonly params: Record<string, any>
    readonly rawParams: Record<string, string>
    entries (): [string, any][]
    set (key: string, value: any): void
    get (key: string, defaultValue?: any): any
    delete (key: string): boolean
    keys (): string[]
    values (): any[]
    has (key: string): boolean
  }

  export class Result<T = any> implements Iterable<any> {
    static from (result: any, maybeError?: Error | object | string | null, maybeSource?: string | null, maybeHeaders?: any): Result
    constructor (id?: string, err?: Error | null, data?: T | null, source?: string | null, headers?: any)
    id: string
    err: CallError | null
    data: T
    source: string | null
    headers: Headers | null
    readonly length: 4
    [Symbol.iterator] (): Iterator<any>
    toJSON (): { headers: Record<string, string> | null, source: string | null, data: T | null, err: object | null }
  }

  export interface Primordials {
    readonly arch: string
    readonly cwd: string
    readonly platform: string
    readonly version: { readonly short: string, readonly hash: string, readonly full: string }
    readonly 'host-operating-system': string
  }

  export const OK: 0
  export const ERROR: 1
  export const TIMEOUT: number
  export const kDebugEnabled: unique symbol
  export const primordials: Primordials
  export const debug: {
    (enable?: boolean): boolean
    enabled: boolean
    log (...values: unknown[]): void
  }

  export function parseSeq (seq: string | number | bigint, options?: { bigint?: false }): number
  export function parseSeq (seq: string | number | bigint, options: { bigint: true }): bigint
  export function ready (): Promise<void>
  export function send<T = any> (command: string, value?: Value, options?: CallOptions): Promise<Result<T>>
  export function request<T = any> (command: string, value?: Value, options?: CallOptions): Promise<Result<T>>
  export function write<T = any> (command: string, value?: Value, buffer?: Bytes, options?: CallOptions): Promise<Result<T>>
  export function sendSync<T = any> (command: string, value?: Value, options?: CallOptions): Result<T>
  export function emit (name: string, value: unknown, target?: EventTarget, options?: EventInit): Promise<void>
  export function resolve (seq: string | number, value: unknown): Promise<void>
  export function postMessage (message: string | Message, bytes?: ArrayBuffer | Uint8Array): Promise<Result>
  export function createBinding (domain?: string | object | null, context?: object | Function): any

  const exports: typeof import('socket:ipc')
  export default exports
}
