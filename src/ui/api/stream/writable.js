/**
 * Writable streams with Node's semantics: back-pressure, `drain`, `finish`, corking.
 */
import { Buffer } from 'socket:buffer'
import { codedError } from 'socket:internal/node-errors'
import { construct, notImplemented, Stream, toChunk } from 'socket:stream/lifecycle'

const HIGH_WATER_MARK = 64 * 1024
const HIGH_WATER_MARK_OBJECTS = 16

/** What a writable stream remembers. */
export class WritableState {
  queue = []
  length = 0
  writing = false
  corked = 0
  needDrain = false
  ending = false
  finalCalled = false
  finished = false
  onfinish = []

  constructor (options = {}) {
    this.objectMode = Boolean(options.objectMode ?? options.writableObjectMode)
    this.decodeStrings = options.decodeStrings !== false
    this.defaultEncoding = options.defaultEncoding ?? 'utf8'
    this.highWaterMark = options.writableHighWaterMark ?? options.highWaterMark ??
      (this.objectMode ? HIGH_WATER_MARK_OBJECTS : HIGH_WATER_MARK)
  }
}

/**
 * Sets up the writable side of a stream.
 * @param {Stream} stream
 * @param {object} options
 */
export function initWritable (stream, options) {
  stream._writableState = new WritableState(options)
  for (const name of ['write', 'writev', 'final']) {
    if (typeof options[name] === 'function') stream[`_${name}`] = options[name]
  }
}

/** A sink for data. */
export class Writable extends Stream {
  static [Symbol.hasInstance] (value) {
    if (this !== Writable) return Function.prototype[Symbol.hasInstance].call(this, value)
    return value?._writableState instanceof WritableState
  }

  /** @param {object} [options] `write`, `writev`, `final`, `highWaterMark`, `objectMode`, … */
  constructor (options = {}) {
    super(options ?? {})
    initWritable(this, options ?? {})
    construct(this, () => this._writeReady())
  }

  /** Whether `write` may be called. */
  get writable () {
    return !this.destroyed && !this._writableState.ending
  }

  get writableEnded () { return this._writableState.ending }
  get writableFinished () { return this._writableState.finished }
  get writableHighWaterMark () { return this._writableState.highWaterMark }
  get writableLength () { return this._writableState.length }
  get writableNeedDrain () { return this._writableState.needDrain && !this.destroyed }
  get writableObjectMode () { return this._writableState.objectMode }
  get writableCorked () { return this._writableState.corked }
  get writableAborted () { return this.destroyed && !this._writableState.finished }

  /** Writes one chunk; override it, or `_writev`. */
  _write (chunk, encoding, callback) {
    if (typeof this._writev === 'function') this._writev([{ chunk, encoding }], callback)
    else callback(notImplemented('_write()'))
  }

  /**
   * Writes a chunk. False means: wait for `drain` before writing more.
   * @param {any} chunk
   * @param {string|Function} [encoding]
   * @param {(error?: Error) => void} [callback]
   * @return {boolean}
   */
  write (chunk, encoding, callback) {
    if (typeof encoding === 'function') return this.write(chunk, null, encoding)
    const state = this._writableState
    if (chunk === null) throw codedError(TypeError, 'ERR_STREAM_NULL_VALUES', 'May not write null values to stream')
    let used = encoding ?? state.defaultEncoding
    if (!state.objectMode && (typeof chunk !== 'string' || state.decodeStrings)) {
      chunk = toChunk(Buffer, chunk, used)
      used = 'buffer'
    }
    const refused = refusal(this)
    if (refused) {
      queueMicrotask(() => callback?.(refused))
      if (!this.destroyed) this.destroy(refused)
      return false
    }
    const size = state.objectMode ? 1 : chunk.length
    state.length += size
    state.queue.push({ chunk, encoding: used, callback, size })
    if (state.length >= state.highWaterMark) state.needDrain = true
    const isBelow = state.length < state.highWaterMark
    this._writeNext()
    return isBelow && !this.errored && !this.destroyed
  }

  /**
   * Says that no more will be written.
   * @param {any} [chunk] a last one
   * @param {string|Function} [encoding]
   * @param {(error?: Error) => void} [callback] called once all is written
   * @return {this}
   */
  end (chunk, encoding, callback) {
    if (typeof chunk === 'function') return this.end(null, null, chunk)
    if (typeof encoding === 'function') return this.end(chunk, null, encoding)
    const state = this._writableState
    if (chunk !== null && chunk !== undefined) this.write(chunk, encoding)
    state.corked = 0
    if (callback) this._whenFinished(callback)
    if (!state.ending && !this.destroyed) {
      state.ending = true
      this._writeNext()
      this._finishMaybe()
    }
    return this
  }

  /** Holds chunks back until `uncork`. */
  cork () {
    this._writableState.corked += 1
  }

  /** Lets the chunks go that were held back. */
  uncork () {
    const state = this._writableState
    if (state.corked === 0) return
    state.corked -= 1
    if (state.corked === 0) this._writeNext()
  }

  /** Sets the encoding of strings that are written without one. */
  setDefaultEncoding (encoding) {
    this._writableState.defaultEncoding = String(encoding).toLowerCase()
    return this
  }

  destroy (error, callback) {
    const state = this._writableState
    const queue = this.destroyed ? [] : state.queue.splice(0)
    if (queue.length > 0) {
      const cause = error ?? codedError(Error, 'ERR_STREAM_DESTROYED', 'Cannot call write after a stream was destroyed')
      queueMicrotask(() => queue.forEach((entry) => entry.callback?.(cause)))
    }
    return Stream.prototype.destroy.call(this, error, callback)
  }

  _writeReady () {
    this._writeNext()
    this._finishMaybe()
  }

  _writeNext () {
    const state = this._writableState
    const isHeld = state.writing || state.corked > 0 || !this._lifecycle.isConstructed
    if (isHeld || this.destroyed || state.queue.length === 0) return
    state.writing = true
    const batch = typeof this._writev === 'function' ? state.queue.splice(0) : [state.queue.shift()]
    let isSync = true
    const done = (error) => {
      if (isSync) queueMicrotask(() => this._written(batch, error))
      else this._written(batch, error)
    }
    try {
      if (batch.length > 1) this._writev(batch, done)
      else this._write(batch[0].chunk, batch[0].encoding, done)
    } catch (error) {
      done(error)
    }
    isSync = false
  }

  _written (batch, error) {
    const state = this._writableState
    state.writing = false
    for (const entry of batch) state.length -= entry.size
    if (error) {
      for (const entry of batch) entry.callback?.(error)
      return this.destroy(error)
    }
    for (const entry of batch) entry.callback?.(null)
    this._writeNext()
    if (state.needDrain && state.length === 0 && !state.ending && !this.destroyed) {
      state.needDrain = false
      this.emit('drain')
    }
    this._finishMaybe()
  }

  _finishMaybe () {
    const state = this._writableState
    const isBusy = state.writing || state.queue.length > 0 || !this._lifecycle.isConstructed
    if (!state.ending || isBusy || state.finalCalled || this.destroyed) return
    state.finalCalled = true
    const done = (error) => queueMicrotask(() => error ? this.destroy(error) : this._finish())
    if (typeof this._final !== 'function') return done()
    try {
      this._final(done)
    } catch (error) {
      done(error)
    }
  }

  _finish () {
    if (this.destroyed) return
    const state = this._writableState
    state.finished = true
    this.emit('prefinish')
    for (const callback of state.onfinish.splice(0)) callback()
    this.emit('finish')
    this._sideDone()
  }

  _sideDone () {
    if (this._lifecycle.autoDestroy && !this.destroyed) this.destroy()
  }

  _whenFinished (callback) {
    const state = this._writableState
    if (state.finished) return queueMicrotask(() => callback())
    if (this.destroyed) {
      const error = codedError(Error, 'ERR_STREAM_DESTROYED', 'Cannot call end after a stream was destroyed')
      return queueMicrotask(() => callback(this.errored ?? error))
    }
    state.onfinish.push(callback)
    this.once('close', () => {
      const index = state.onfinish.indexOf(callback)
      if (index < 0) return
      state.onfinish.splice(index, 1)
      callback(this.errored ?? undefined)
    })
  }
}

function refusal (stream) {
  if (stream._writableState.ending) return codedError(Error, 'ERR_STREAM_WRITE_AFTER_END', 'write after end')
  if (stream.destroyed) {
    return codedError(Error, 'ERR_STREAM_DESTROYED', 'Cannot call write after a stream was destroyed')
  }
  return null
}

export default Writable
