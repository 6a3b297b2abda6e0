declare module 'socket:stream' {
  import { EventEmitter } from 'socket:events'
  import type { Buffer } from 'socket:buffer'

  type Done = (error?: Error | null) => void

  export interface StreamOptions {
    autoDestroy?: boolean
    emitClose?: boolean
    highWaterMark?: number
    objectMode?: boolean
    signal?: AbortSignal
    construct? (callback: Done): void
    destroy? (error: Error | null, callback: Done): void
  }

  export interface ReadableOptions extends StreamOptions {
    encoding?: string
    read? (this: Readable, size: number): void
  }

  export interface WritableOptions extends StreamOptions {
    decodeStrings?: boolean
    defaultEncoding?: string
    write? (this: Writable, chunk: any, encoding: string, callback: Done): void
    writev? (this: Writable, entries: { chunk: any, encoding: string }[], callback: Done): void
    final? (this: Writable, callback: Done): void
  }

  export interface DuplexOptions extends Omit<ReadableOptions, 'read'>, Omit<WritableOptions, 'write' | 'writev' | 'final'> {
    allowHalfOpen?: boolean
    readable?: boolean
    writable?: boolean
    readableHighWaterMark?: number
    writableHighWaterMark?: number
    readableObjectMode?: boolean
    writableObjectMode?: boolean
    read? (this: Duplex, size: number): void
    write? (this: Duplex, chunk: any, encoding: string, callback: Done): void
    writev? (this: Duplex, entries: { chunk: any, encoding: string }[], callback: Done): void
    final? (this: Duplex, callback: Done): void
  }

  export interface TransformOptions extends DuplexOptions {
    transform? (this: Transform, chunk: any, encoding: string, callback: (error?: Error | null, result?: any) => void): void
    flush? (this: Transform, callback: (error?: Error | null, result?: any) => void): void
  }

  export class Stream extends EventEmitter {
    constructor (options?: StreamOptions)
    readonly destroyed: boolean
    readonly closed: boolean
    readonly errored: Error | null
    destroy (error?: Error | null, callback?: Done): this
    _destroy (error: Error | null, callback: Done): void
  }

  export class Readable extends Stream implements AsyncIterable<any> {
    static from (iterable: Iterable<any> | AsyncIterable<any>, options?: ReadableOptions): Readable
    constructor (options?: ReadableOptions)
    readonly readable: boolean
    readonly readableEnded: boolean
    readonly readableFlowing: boolean | null
    readonly readableHighWaterMark: number
    readonly readableLength: number
    readonly readableObjectMode: boolean
    readonly readableEncoding: string | null
    readonly readableAborted: boolean
    _read (size: number): void
    read (size?: number): any
    push (chunk: any, encoding?: string): boolean
    unshift (chunk: any, encoding?: string): boolean
    resume (): this
    pause (): this
    isPaused (): boolean
    setEncoding (encoding: string): this
    pipe<T> (destination: T, options?: { end?: boolean }): T
    unpipe (destination?: Writable): this
    toArray (): Promise<any[]>
    [Symbol.asyncIterator] (): AsyncGenerator<any, void>
  }

  interface WritableSide {
    readonly writable: boolean
    readonly writableEnded: boolean
    readonly writableFinished: boolean
    readonly writableHighWaterMark: number
    readonly writableLength: number
    readonly writableNeedDrain: boolean
    readonly writableObjectMode: boolean
    readonly writableCorked: number
    readonly writableAborted: boolean
    _write (chunk: any, encoding: string, callback: Done): void
    write (chunk: any, callback?: Done): boolean
    write (chunk: any, encoding?: string | null, callback?: Done): boolean
    end (callback?: Done): this
    end (chunk: any, callback?: Done): this
    end (chunk: any, encoding?: string | null, callback?: Done): this
    cork (): void
    uncork (): void
    setDefaultEncoding (encoding: string): this
  }

  export interface Writable extends WritableSide {}
  export class Writable extends Stream {
    constructor (options?: WritableOptions)
  }

  export interface Duplex extends WritableSide {}
  export class Duplex extends Readable {
    constructor (options?: DuplexOptions)
    allowHalfOpen: boolean
  }

  export class Transform extends Duplex {
    constructor (options?: TransformOptions)
    _transform (chunk: any, encoding: string, callback: (error?: Error | null, result?: any) => void): void
  }

  export class PassThrough extends Transform {}

  export class ReadableState {
    constructor (options?: ReadableOptions)
    buffer: any[]
    length: number
    flowing: boolean | null
    ended: boolean
    endEmitted: boolean
    objectMode: boolean
    highWaterMark: number
  }

  export class WritableState {
    constructor (options?: WritableOptions)
    length: number
    ending: boolean
    finished: boolean
    objectMode: boolean
    highWaterMark: number
  }

  export class TransformState {
    callback: Done | null
  }

  export class Pipeline {
    constructor (source: Readable, destination: Writable | Duplex, options?: { end?: boolean })
    readonly source: Readable
    readonly destination: Writable | Duplex
    stop (): void
  }

  class Queue<T> {
    readonly length: number
    shift (): T | undefined
    peek (): T | undefined
    isEmpty (): boolean
    clear (): void
  }

  export class FixedFIFO<T = any> extends Queue<T> {
    constructor (size: number)
    push (value: T): boolean
  }

  export class FastFIFO<T = any> extends Queue<T> {
    push (value: T): void
  }

  export function finished (stream: Stream, callback: Done): () => void
  export function finished (stream: Stream, options: { readable?: boolean, writable?: boolean }, callback: Done): () => void
  export function pipeline (...streams: [...Stream[], Done]): Stream
  export function pipelinePromise (...streams: Stream[]): Promise<void>
  export function isStream (value: unknown): value is Stream
  export function isStreamx (value: unknown): value is Stream
  export function isReadStreamx (value: unknown): value is Readable

  const exports: typeof import('socket:stream')
  export default exports
}
