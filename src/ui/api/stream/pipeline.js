/**
 * Joins streams: one pipe, a whole pipeline, and waiting for a stream's end.
 */
import { codedError } from 'socket:internal/node-errors'

/** One pipe between a readable and a writable stream. */
export class Pipeline {
  #listeners

  /**
   * @param {import('socket:stream').Readable} source
   * @param {import('socket:stream').Writable} destination
   * @param {{ end?: boolean }} [options] `end: false` leaves the destination open
   */
  constructor (source, destination, options) {
    this.source = source
    this.destination = destination
    const stop = () => this.stop()
    this.#listeners = [
      [source, 'data', (chunk) => { if (destination.write(chunk) === false) source.pause() }],
      [source, 'end', options?.end === false ? stop : () => destination.end()],
      [destination, 'drain', () => source.resume()],
      [destination, 'close', stop],
      [destination, 'finish', stop],
      [destination, 'error', stop]
    ]
    // A listener for errors must not hide one that nobody else handles.
    this.#listeners[5][2] = (error) => {
      stop()
      if (destination.listenerCount('error') === 0) destination.emit('error', error)
    }
    for (const [stream, name, listener] of this.#listeners) stream.on(name, listener)
    destination.emit('pipe', source)
    if (source.readableFlowing !== true) source.resume()
  }

  /** Takes the pipe away; both streams stay as they are. */
  stop () {
    const { pipes } = this.source._readableState
    const index = pipes.indexOf(this)
    if (index < 0) return
    pipes.splice(index, 1)
    for (const [stream, name, listener] of this.#listeners) stream.removeListener(name, listener)
    if (pipes.length === 0) this.source.pause()
    this.destination.emit('unpipe', this.source)
  }
}

/**
 * Calls back when a stream has ended, failed or closed too early.
 * @param {any} stream
 * @param {{ readable?: boolean, writable?: boolean }} [options]
 * @param {(error?: Error) => void} callback
 * @return {() => void} stops the waiting
 */
export function finished (stream, options, callback) {
  if (typeof options === 'function') return finished(stream, {}, options)
  const waits = {
    readable: options.readable !== false && Boolean(stream._readableState) && !stream.readableEnded,
    writable: options.writable !== false && Boolean(stream._writableState) && !stream.writableFinished
  }
  let isDone = false
  const done = (error) => {
    if (isDone) return
    isDone = true
    stop()
    callback(error)
  }
  const check = () => { if (!waits.readable && !waits.writable) done() }
  const listeners = {
    end: () => { waits.readable = false; check() },
    finish: () => { waits.writable = false; check() },
    error: done,
    close: () => {
      const isEarly = waits.readable || waits.writable
      done(isEarly ? codedError(Error, 'ERR_STREAM_PREMATURE_CLOSE', 'Premature close') : undefined)
    }
  }
  const stop = () => {
    for (const [name, listener] of Object.entries(listeners)) stream.removeListener(name, listener)
  }
  for (const [name, listener] of Object.entries(listeners)) stream.on(name, listener)
  if (stream.errored) queueMicrotask(() => done(stream.errored))
  else if (stream.closed) queueMicrotask(listeners.close)
  else queueMicrotask(check)
  return stop
}

/**
 * Pipes streams into one another and destroys them all if one fails.
 * @param {...any} streams at least two, and a callback at the end
 * @return {any} the last stream
 */
export function pipeline (...streams) {
  const callback = streams.pop()
  if (typeof callback !== 'function') {
    throw codedError(TypeError, 'ERR_INVALID_ARG_TYPE', 'The last argument must be of type function')
  }
  const list = Array.isArray(streams[0]) ? streams[0] : streams
  if (list.length < 2) {
    throw codedError(TypeError, 'ERR_MISSING_ARGS', 'The "streams" argument must be specified')
  }
  let pending = list.length
  let failure = null
  const done = (error) => {
    pending -= 1
    if (error && !failure) {
      failure = error
      for (const stream of list) destroyQuietly(stream)
    }
    if (pending === 0) callback(failure ?? undefined)
  }
  for (const [index, stream] of list.entries()) {
    const isFirst = index === 0
    const isLast = index === list.length - 1
    finished(stream, { readable: !isLast, writable: !isFirst }, done)
    if (!isLast) stream.pipe(list[index + 1])
  }
  return list.at(-1)
}

/**
 * Pipes streams into one another and waits for the end.
 * @param {...any} streams at least two
 * @return {Promise<void>}
 */
export function pipelinePromise (...streams) {
  return new Promise((resolve, reject) => {
    pipeline(...streams, (error) => error ? reject(error) : resolve())
  })
}

function destroyQuietly (stream) {
  if (stream.destroyed) return
  stream.on('error', () => {})
  stream.destroy()
}

export default pipeline
