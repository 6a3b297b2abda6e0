/**
 * Readable streams with Node's semantics: paused and flowing mode, `readable`, `data`, `end`.
 */
import { Buffer } from 'socket:buffer'
import { codedError, invalidArgType } from 'socket:internal/node-errors'
import { PieceDecoder } from 'socket:internal/decoder'
import { iterateStream } from 'socket:stream/iterate'
import { construct, notImplemented, Stream, toChunk } from 'socket:stream/lifecycle'
import { Pipeline } from 'socket:stream/pipeline'

/** How many bytes a stream holds before it stops to ask for more. */
export const HIGH_WATER_MARK = 64 * 1024
const HIGH_WATER_MARK_OBJECTS = 16

/** What a readable stream remembers. */
export class ReadableState {
  buffer = []
  length = 0
  /** null: nobody cares yet; false: paused; true: flowing. */
  flowing = null
  reading = false
  sync = false
  ended = false
  endEmitted = false
  isEndQueued = false
  isReadableQueued = false
  hasReadableListener = false
  decoder = null
  encoding = null
  pipes = []

  constructor (options = {}) {
    this.objectMode = Boolean(options.objectMode ?? options.readableObjectMode)
    this.highWaterMark = options.readableHighWaterMark ?? options.highWaterMark ??
      (this.objectMode ? HIGH_WATER_MARK_OBJECTS : HIGH_WATER_MARK)
  }
}

/** A source of data. */
export class Readable extends Stream {
  /**
   * Makes a stream of what an iterable yields.
   * @param {Iterable|AsyncIterable} iterable
   * @param {object} [options]
   * @return {Readable}
   */
  static from (iterable, options) {
    const isWhole = typeof iterable === 'string' || ArrayBuffer.isView(iterable)
    const source = isWhole ? [iterable] : iterable
    const iterator = source[Symbol.asyncIterator]?.() ?? source[Symbol.iterator]?.()
    if (!iterator) throw invalidArgType('iterable', 'an instance of Iterable', iterable)
    return new this({
      objectMode: true,
      highWaterMark: 1,
      read () {
        Promise.resolve(iterator.next()).then(async ({ done, value }) => {
          this.push(done ? null : await value)
        }).catch((error) => this.destroy(error))
      },
      destroy (error, callback) {
        Promise.resolve(iterator.return?.()).then(() => callback(error), callback)
      },
      ...options
    })
  }

  /** @param {object} [options] `read`, `highWaterMark`, `objectMode`, `encoding`, … */
  constructor (options = {}) {
    super(options ?? {})
    this._readableState = new ReadableState(options ?? {})
    if (typeof options?.read === 'function') this._read = options.read
    if (options?.encoding) this.setEncoding(options.encoding)
    construct(this, () => this._ready())
  }

  /** Whether data may still come. */
  get readable () {
    return !this.destroyed && !this._readableState.endEmitted
  }

  get readableEnded () { return this._readableState.endEmitted }
  get readableFlowing () { return this._readableState.flowing }
  get readableHighWaterMark () { return this._readableState.highWaterMark }
  get readableLength () { return this._readableState.length }
  get readableObjectMode () { return this._readableState.objectMode }
  get readableEncoding () { return this._readableState.encoding }
  get readableAborted () { return this.destroyed && !this._readableState.endEmitted }

  /** Fetches more data and gives it to `push`; override it. */
  _read () {
    this.destroy(notImplemented('_read()'))
  }

  /**
   * Takes data out of the stream: all that is there, or exactly `size` bytes.
   * @param {number} [size]
   * @return {any} null if there is not enough
   */
  read (size) {
    const state = this._readableState
    const wanted = size === undefined ? Infinity : size
    if (wanted !== 0) state.isReadableQueued = false
    if (state.length === 0 && state.ended) {
      this._endSoon()
      return null
    }
    const left = wanted === Infinity ? 0 : state.length - wanted
    if (state.length === 0 || left < state.highWaterMark) this._fetch()
    const chunk = wanted === 0 ? null : take(state, wanted)
    if (state.length === 0 && state.ended) this._endSoon()
    if (chunk !== null && !this.errored) this.emit('data', chunk)
    return chunk
  }

  /**
   * Gives data to the stream; null ends it. False means that it has enough for now.
   * @param {any} chunk
   * @param {string} [encoding] of a string
   * @return {boolean}
   */
  push (chunk, encoding) {
    const state = this._readableState
    state.reading = false
    if (state.ended && chunk !== null) {
      this.destroy(codedError(Error, 'ERR_STREAM_PUSH_AFTER_EOF', 'stream.push() after EOF'))
      return false
    }
    if (chunk === null) this._pushEnd()
    else this._accept(chunk, encoding, false)
    return !state.ended && state.length < state.highWaterMark
  }

  /**
   * Puts data back at the front.
   * @param {any} chunk
   * @param {string} [encoding]
   */
  unshift (chunk, encoding) {
    this._accept(chunk, encoding, true)
    return this._readableState.length < this._readableState.highWaterMark
  }

  /** Starts the flow of `data` events. */
  resume () {
    const state = this._readableState
    if (!state.flowing) {
      state.flowing = !state.hasReadableListener
      queueMicrotask(() => this._resumed())
    }
    return this
  }

  /** Stops the flow of `data` events. */
  pause () {
    if (this._readableState.flowing !== false) {
      this._readableState.flowing = false
      this.emit('pause')
    }
    return this
  }

  /** Whether `pause` was called. */
  isPaused () {
    return this._readableState.flowing === false && !this._readableState.hasReadableListener
  }

  /** Makes the stream give strings. */
  setEncoding (encoding) {
    const state = this._readableState
    state.decoder = new PieceDecoder(encoding)
    state.encoding = encoding
    const text = state.buffer.map((chunk) => state.decoder.write(chunk)).join('')
    state.buffer = text ? [text] : []
    state.length = text.length
    return this
  }

  on (name, listener) {
    super.on(name, listener)
    const state = this._readableState
    if (name === 'data' && state.flowing !== false) {
      this.resume()
    } else if (name === 'readable' && !state.hasReadableListener) {
      state.hasReadableListener = true
      state.flowing = false
      if (state.length > 0 || state.ended) this._announce()
      else queueMicrotask(() => this.read(0))
    }
    return this
  }

  addListener (name, listener) {
    return this.on(name, listener)
  }

  removeListener (name, listener) {
    super.removeListener(name, listener)
    if (name === 'readable') queueMicrotask(() => this._readableListenerRemoved())
    return this
  }

  off (name, listener) {
    return this.removeListener(name, listener)
  }

  /**
   * Writes all data into a writable stream, no faster than that takes it.
   * @template T
   * @param {T} destination
   * @param {{ end?: boolean }} [options]
   * @return {T}
   */
  pipe (destination, options) {
    this._readableState.pipes.push(new Pipeline(this, destination, options))
    return destination
  }

  /** Ends one pipe, or all. */
  unpipe (destination) {
    for (const pipe of [...this._readableState.pipes]) {
      if (!destination || pipe.destination === destination) pipe.stop()
    }
    return this
  }

  /** Collects all that is to come. */
  async toArray () {
    const chunks = []
    for await (const chunk of this) chunks.push(chunk)
    return chunks
  }

  [Symbol.asyncIterator] () {
    return iterateStream(this)
  }

  _ready () {
    const state = this._readableState
    if (state.flowing || state.hasReadableListener) this.read(0)
  }

  _fetch () {
    const state = this._readableState
    if (state.reading || state.ended || this.destroyed || !this._lifecycle.isConstructed) return
    state.reading = true
    state.sync = true
    try {
      this._read(state.highWaterMark)
    } catch (error) {
      this.destroy(error)
    }
    state.sync = false
  }

  _accept (chunk, encoding, isFront) {
    const state = this._readableState
    if (!state.objectMode) {
      try {
        chunk = toChunk(Buffer, chunk, encoding)
      } catch (error) {
        return this.destroy(error)
      }
      if (state.decoder && !isFront) chunk = state.decoder.write(chunk)
      else if (state.decoder) chunk = chunk.toString(state.encoding)
      if (chunk.length === 0) return this._more()
    }
    if (state.flowing && state.length === 0 && !state.sync && !isFront && this.listenerCount('data') > 0) {
      this.emit('data', chunk)
    } else {
      state.length += state.objectMode ? 1 : chunk.length
      if (isFront) state.buffer.unshift(chunk)
      else state.buffer.push(chunk)
      this._announce()
    }
    this._more()
  }

  _pushEnd () {
    const state = this._readableState
    if (state.ended) return
    const rest = state.decoder?.end()
    if (rest) {
      state.buffer.push(rest)
      state.length += rest.length
    }
    state.ended = true
    this._announce()
  }

  /** Asks for more after this turn, until the high-water mark is reached. */
  _more () {
    queueMicrotask(() => {
      const state = this._readableState
      const wantsFlow = state.flowing && state.length === 0
      if (wantsFlow || (state.length < state.highWaterMark && (state.flowing || state.hasReadableListener))) {
        this._fetch()
      }
    })
  }

  /** Tells, after this turn, that there is data or the end. */
  _announce () {
    const state = this._readableState
    if (state.isReadableQueued) return
    state.isReadableQueued = true
    queueMicrotask(() => {
      const isDue = state.isReadableQueued
      state.isReadableQueued = false
      if (this.destroyed) return
      if (isDue && !state.flowing && (state.length > 0 || state.ended)) this.emit('readable')
      this._flow()
    })
  }

  _resumed () {
    const state = this._readableState
    if (this.destroyed) return
    this.emit('resume')
    this._flow()
    if (state.flowing && !state.reading) this.read(0)
  }

  _flow () {
    const state = this._readableState
    while (state.flowing && !this.destroyed && state.length > 0) {
      const chunk = takeFirst(state)
      this.emit('data', chunk)
    }
    if (state.flowing && state.ended && state.length === 0) this._endSoon()
    else if (state.flowing) this._fetch()
  }

  _readableListenerRemoved () {
    const state = this._readableState
    state.hasReadableListener = this.listenerCount('readable') > 0
    if (!state.hasReadableListener && this.listenerCount('data') > 0) this.resume()
  }

  _endSoon () {
    const state = this._readableState
    if (state.endEmitted || state.isEndQueued) return
    state.isEndQueued = true
    queueMicrotask(() => {
      if (this.destroyed || state.length > 0) {
        state.isEndQueued = false
        return
      }
      state.endEmitted = true
      this.emit('end')
      this._sideDone()
    })
  }

  /** Destroys the stream once nothing is left to do. */
  _sideDone () {
    if (this._lifecycle.autoDestroy && !this.destroyed) this.destroy()
  }
}

function takeFirst (state) {
  const chunk = state.buffer.shift()
  state.length -= state.objectMode ? 1 : chunk.length
  return chunk
}

/** Takes one object, exactly `wanted` bytes, or everything. */
function take (state, wanted) {
  if (state.length === 0) return null
  if (state.objectMode) return takeFirst(state)
  if (wanted > state.length) {
    if (wanted !== Infinity && !state.ended) return null
    wanted = state.length
  }
  const isText = typeof state.buffer[0] === 'string'
  const all = state.buffer.length === 1
    ? state.buffer[0]
    : isText ? state.buffer.join('') : Buffer.concat(state.buffer)
  const [head, rest] = isText
    ? [all.slice(0, wanted), all.slice(wanted)]
    : [all.subarray(0, wanted), all.subarray(wanted)]
  state.buffer = rest.length > 0 ? [rest] : []
  state.length = rest.length
  return head
}

export default Readable
