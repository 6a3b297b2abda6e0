/**
 * Streams that are both readable and writable.
 */
import { Readable } from 'socket:stream/readable'
import { initWritable, Writable } from 'socket:stream/writable'

/** A stream with two sides that know nothing of each other. */
export class Duplex extends Readable {
  /** @param {object} [options] those of `Readable` and of `Writable`, and `allowHalfOpen` */
  constructor (options = {}) {
    super(options ?? {})
    initWritable(this, options ?? {})
    this.allowHalfOpen = options?.allowHalfOpen !== false
    if (options?.readable === false) this._readableState.ended = this._readableState.endEmitted = true
    if (options?.writable === false) {
      this._writableState.ending = this._writableState.finalCalled = this._writableState.finished = true
    }
  }

  _ready () {
    super._ready()
    this._writeReady()
  }

  _sideDone () {
    const { endEmitted } = this._readableState
    const { finished } = this._writableState
    if (endEmitted && !this.allowHalfOpen && !finished) this.end()
    if (endEmitted && finished) super._sideDone()
  }
}

for (const name of Reflect.ownKeys(Writable.prototype)) {
  if (name === 'constructor' || Object.hasOwn(Duplex.prototype, name)) continue
  Object.defineProperty(Duplex.prototype, name, Object.getOwnPropertyDescriptor(Writable.prototype, name))
}

/** What a transform remembers: who waits for room on the readable side. */
export class TransformState {
  callback = null
}

/** A stream whose readable side gives what its writable side was given, changed. */
export class Transform extends Duplex {
  /** @param {object} [options] those of `Duplex`, and `transform`, `flush` */
  constructor (options = {}) {
    super(options ?? {})
    this._transformState = new TransformState()
    if (typeof options?.transform === 'function') this._transform = options.transform
    if (typeof options?.flush === 'function') this._flush = options.flush
  }

  /** Changes one chunk; override it. */
  _transform (chunk, encoding, callback) {
    callback(null, chunk)
  }

  _write (chunk, encoding, callback) {
    this._transform(chunk, encoding, (error, result) => {
      if (error) return callback(error)
      if (result !== null && result !== undefined) this.push(result)
      const { length, highWaterMark, ended } = this._readableState
      if (ended || length < highWaterMark) callback()
      else this._transformState.callback = callback
    })
  }

  _final (callback) {
    const finish = (error, result) => {
      if (error) return callback(error)
      if (result !== null && result !== undefined) this.push(result)
      this.push(null)
      callback()
    }
    if (typeof this._flush === 'function') this._flush(finish)
    else finish()
  }

  _read () {
    const { callback } = this._transformState
    this._transformState.callback = null
    // The next chunk comes from the writable side, whenever there is one.
    this._readableState.reading = false
    callback?.()
  }
}

/** A transform that changes nothing. */
export class PassThrough extends Transform {}

export default Duplex
