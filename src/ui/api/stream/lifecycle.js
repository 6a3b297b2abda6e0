/**
 * What readable and writable streams share: they are constructed, may fail, are destroyed, close.
 *
 * Invariant: `error` is emitted at most once, and `close` is the last event.
 */
import { EventEmitter } from 'socket:events'
import { codedError, invalidArgType } from 'socket:internal/node-errors'

/** Where a stream stands between its construction and its `close`. */
class Lifecycle {
  isConstructed = true
  isDestroyed = false
  isClosed = false
  errored = null
  whenConstructed = []

  constructor (options) {
    this.emitClose = options.emitClose !== false
    this.autoDestroy = options.autoDestroy !== false
  }
}

/** The base of every stream. */
export class Stream extends EventEmitter {
  /** @param {object} [options] `construct`, `destroy`, `emitClose`, `autoDestroy`, `signal` */
  constructor (options = {}) {
    super()
    Object.defineProperty(this, '_lifecycle', { value: new Lifecycle(options), configurable: true })
    if (typeof options.construct === 'function') this._construct = options.construct
    if (typeof options.destroy === 'function') this._destroy = options.destroy
    if (options.signal) followSignal(this, options.signal)
  }

  /** Whether `destroy` was called. */
  get destroyed () { return this._lifecycle.isDestroyed }

  /** Whether `close` was emitted. */
  get closed () { return this._lifecycle.isClosed }

  /** The error that ended the stream. */
  get errored () { return this._lifecycle.errored }

  /** Releases what the stream holds; override it. */
  _destroy (error, callback) { callback(error) }

  /**
   * Ends the stream at once.
   * @param {Error} [error] emitted as `error`
   * @param {Function} [callback] internal
   * @return {this}
   */
  destroy (error, callback) {
    const lifecycle = this._lifecycle
    if (lifecycle.isDestroyed) {
      callback?.(null)
      return this
    }
    lifecycle.isDestroyed = true
    if (error) lifecycle.errored = error
    const finish = () => this._destroy(error ?? null, (failure) => settle(this, failure ?? error, callback))
    if (lifecycle.isConstructed) finish()
    else lifecycle.whenConstructed.push(finish)
    return this
  }

  /** Destroys the stream and waits for its `close`. */
  async [Symbol.asyncDispose ?? Symbol.for('Symbol.asyncDispose')] () {
    if (this.closed) return
    await new Promise((resolve) => {
      this.once('close', resolve)
      if (!this.destroyed) this.destroy()
    })
  }
}

/**
 * Runs `_construct`, if the stream has one, and then what waits for it.
 * @param {Stream} stream
 * @param {() => void} ready
 */
export function construct (stream, ready) {
  const lifecycle = stream._lifecycle
  if (typeof stream._construct !== 'function') return
  lifecycle.isConstructed = false
  queueMicrotask(() => {
    stream._construct((error) => {
      lifecycle.isConstructed = true
      if (error) stream.destroy(error)
      for (const waiting of lifecycle.whenConstructed.splice(0)) waiting()
      if (!lifecycle.isDestroyed) ready()
    })
  })
}

/**
 * The error of a method that a subclass had to provide.
 * @param {string} name
 * @return {Error}
 */
export function notImplemented (name) {
  return codedError(Error, 'ERR_METHOD_NOT_IMPLEMENTED', `The ${name} method is not implemented`)
}

/**
 * Makes bytes of what was written or pushed.
 * @param {typeof import('socket:buffer').Buffer} Buffer
 * @param {any} chunk
 * @param {string} [encoding]
 * @return {Uint8Array}
 */
export function toChunk (Buffer, chunk, encoding) {
  if (typeof chunk === 'string') return Buffer.from(chunk, encoding ?? 'utf8')
  if (Buffer.isBuffer(chunk)) return chunk
  if (ArrayBuffer.isView(chunk)) return Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
  throw invalidArgType('chunk', 'of type string or an instance of Buffer, TypedArray, or DataView', chunk)
}

function settle (stream, error, callback) {
  const lifecycle = stream._lifecycle
  if (error) lifecycle.errored ??= error
  callback?.(error ?? null)
  queueMicrotask(() => {
    if (error) stream.emit('error', error)
    lifecycle.isClosed = true
    if (lifecycle.emitClose) stream.emit('close')
  })
}

function followSignal (stream, signal) {
  const abort = () => {
    const error = codedError(Error, 'ABORT_ERR', 'The operation was aborted')
    error.name = 'AbortError'
    error.cause = signal.reason
    stream.destroy(error)
  }
  if (signal.aborted) return queueMicrotask(abort)
  signal.addEventListener('abort', abort, { once: true })
  stream.once('close', () => signal.removeEventListener('abort', abort))
}
