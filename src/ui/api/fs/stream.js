/**
 * @module fs/stream
 *
 * Streams of files.
 */
import { toFlags, toInteger, toOptions, toPath } from 'socket:internal/fs-args'
import { outOfRange } from 'socket:internal/node-errors'
import { Readable, Writable } from 'socket:stream'
import { FileHandle } from 'socket:fs/handle'
import { join, READ_BYTES, writeAll } from 'socket:fs/transfer'
import fds from 'socket:fs/fds'
import * as exports from 'socket:fs/stream'

/** How many bytes a file stream reads at once unless told otherwise. */
export const DEFAULT_STREAM_HIGH_WATER_MARK = 64 * 1024

/** A stream of a file's contents. */
export class ReadStream extends Readable {
  /**
   * @param {string|Buffer|URL|object} path or the options
   * @param {object} [options] `start`, `end` (both included), `flags`, `fd`, `handle`, `highWaterMark`, `encoding`, `autoClose`, `signal`
   */
  constructor (path, options) {
    const setup = prepare(path, options, 'r')
    const { start, end } = setup.options
    if (start !== undefined) toInteger(start, 'start')
    if (end !== undefined && end !== Infinity) toInteger(end, 'end')
    if (start > end) throw outOfRange('start', `<= "end" (here: ${end})`, start)
    super({ highWaterMark: DEFAULT_STREAM_HIGH_WATER_MARK, ...setup.options, read: undefined })
    init(this, setup)
    this.start = start
    this.end = end ?? Infinity
    this.bytesRead = 0
  }

  _construct (callback) { openStream(this, callback) }

  _read (size) {
    const left = this.end - (this.start ?? 0) + 1 - this.bytesRead
    if (left <= 0) return void this.push(null)
    const position = this.start === undefined ? null : this.start + this.bytesRead
    this.handle._readPiece(Math.min(size, left, READ_BYTES), position).then((bytes) => {
      this.bytesRead += bytes.length
      this.push(bytes.length === 0 ? null : bytes)
    }, (error) => this.destroy(error))
  }

  _destroy (error, callback) { closeStream(this, error, callback) }

  /** Gives the stream an open file. */
  setHandle (handle) { this.handle = handle }

  /** Closes the stream, and calls back once it is closed. */
  close (callback) { endStream(this, callback) }

  /** The file's descriptor. */
  get fd () { return this.handle?.fd ?? null }

  /** Whether the file is still to be opened. */
  get pending () { return this.handle === null || this.handle.id === null }

  get highWaterMark () { return this.readableHighWaterMark }
}

/** A stream that writes a file. */
export class WriteStream extends Writable {
  /**
   * @param {string|Buffer|URL|object} path or the options
   * @param {object} [options] `start`, `flags`, `mode`, `fd`, `handle`, `highWaterMark`, `encoding`, `autoClose`, `flush`, `signal`
   */
  constructor (path, options) {
    const setup = prepare(path, options, 'w')
    const { start, encoding, flush } = setup.options
    if (start !== undefined) toInteger(start, 'start')
    const defaults = { highWaterMark: DEFAULT_STREAM_HIGH_WATER_MARK, defaultEncoding: encoding ?? 'utf8' }
    super({ ...defaults, ...setup.options, write: undefined })
    init(this, setup)
    this.start = start
    this.flush = Boolean(flush)
    this.bytesWritten = 0
  }

  _construct (callback) { openStream(this, callback) }

  _writev (entries, callback) {
    const bytes = join(entries.map(({ chunk }) => chunk))
    const position = this.start === undefined ? null : this.start + this.bytesWritten
    writeAll((piece, at) => this.handle._writePiece(piece, at), bytes, position).then((written) => {
      this.bytesWritten += written
      callback(null)
    }, callback)
  }

  _final (callback) {
    if (!this.flush) return callback(null)
    this.handle.sync().then(() => callback(null), callback)
  }

  _destroy (error, callback) { closeStream(this, error, callback) }

  /** Gives the stream an open file. */
  setHandle (handle) { this.handle = handle }

  /** Ends the stream, and calls back once it is closed. */
  close (callback) {
    if (this.destroyed) return endStream(this, callback)
    if (callback) this.once('close', () => callback(null))
    this.end()
  }

  /** The file's descriptor. */
  get fd () { return this.handle?.fd ?? null }

  /** Whether the file is still to be opened. */
  get pending () { return this.handle === null || this.handle.id === null }

  get highWaterMark () { return this.writableHighWaterMark }
}

/** Another name of `ReadStream`. */
export const FileReadStream = ReadStream
/** Another name of `WriteStream`. */
export const FileWriteStream = WriteStream

export default exports

/** Checks the arguments of a stream before anything is opened. */
function prepare (path, options, flags) {
  const isOptions = typeof path === 'object' && path !== null && options === undefined &&
    !(path instanceof Uint8Array) && !(path instanceof URL)
  const own = toOptions(isOptions ? path : options)
  let handle = own.handle ?? own.fd ?? null
  if (typeof handle === 'number') handle = fds.handle(handle, 'open')
  const location = isOptions ? own.path : path
  return {
    options: own,
    handle,
    flags: toFlags(own.flags, flags),
    path: handle ? location ?? handle.path : toPath(location)
  }
}

function init (stream, { options, handle, flags, path }) {
  stream.path = path
  stream.flags = flags
  stream.mode = options.mode
  stream.handle = handle
  stream.autoClose = options.autoClose !== false
}

function openStream (stream, callback) {
  const given = stream.handle
  const opening = given ? useHandle(given) : FileHandle.open(stream.path, stream.flags, stream.mode)
  opening.then((handle) => {
    stream.handle = handle
    callback(null)
    if (!given) stream.emit('open', handle.fd)
    stream.emit('ready')
  }, callback)
}

/** Insists that a handle is open: a closed one does not come back by its path. */
async function useHandle (handle) {
  if (handle.id === null && !handle.closed) await handle.open()
  handle._check('open')
  return handle
}

function closeStream (stream, error, callback) {
  const { handle } = stream
  if (!stream.autoClose || !handle?.opened) return callback(error)
  handle.close().then(() => callback(error), (failure) => callback(error ?? failure))
}

function endStream (stream, callback) {
  if (callback) {
    if (stream.closed) return queueMicrotask(() => callback(null))
    stream.once('close', () => callback(null))
  }
  stream.destroy()
}
