/**
 * @module fs/handle
 *
 * Open files.
 *
 * ```js
 * import { open } from 'socket:fs/promises'
 *
 * const file = await open('notes.txt', 'a+')
 * await file.write('one more line\n')
 * await file.close()
 * ```
 */
import { Buffer } from 'socket:buffer'
import { abortError } from 'socket:internal/reply'
import { fromBytes, toBytes, toInteger, toMilliseconds, toMode, toOptions } from 'socket:internal/fs-args'
import { Handle, kClosed, kClosing, kOpening } from 'socket:internal/fs-handle'
import { parseRead, parseWrite } from 'socket:internal/fs-io'
import { notSupported } from 'socket:internal/unsupported'
import { access, open, run } from 'socket:fs/operations'
import { DirectoryHandle } from 'socket:fs/directory-handle'
import { readLines } from 'socket:fs/lines'
import { Stats } from 'socket:fs/stats'
import { ReadStream, WriteStream } from 'socket:fs/stream'
import { readInto, readToEnd, writeAll } from 'socket:fs/transfer'
import fds from 'socket:fs/fds'
import * as exports from 'socket:fs/handle'

export { DirectoryHandle, kClosed, kClosing, kOpening }

/** A handle of an open file. */
export class FileHandle extends Handle {
  /** The flags of a file that is opened without any. */
  static get DEFAULT_OPEN_FLAGS () { return 'r' }
  /** The mode of a file that is created without one. */
  static get DEFAULT_OPEN_MODE () { return 0o666 }
  /** The mode that `access` tests without one. */
  static get DEFAULT_ACCESS_MODE () { return 0 }

  /**
   * Makes a handle of the id or the descriptor of an open file.
   * @param {string|number|FileHandle|{ id: string }} id
   * @return {FileHandle}
   */
  static from (id) {
    if (id instanceof FileHandle) return id
    if (typeof id === 'number') return fds.handle(id, 'open')
    const own = id?.id ?? id
    return new this({ id: String(own), fd: fds.fd(own) })
  }

  /**
   * Tells if a file may be used; rejects if not.
   * @param {string|Buffer|URL} path
   * @param {number} [mode]
   * @return {Promise<boolean>}
   */
  static async access (path, mode) {
    await run(access(path instanceof FileHandle ? path.path : path, mode))
    return true
  }

  /**
   * Opens a file.
   * @param {string|Buffer|URL} path
   * @param {string|number} [flags]
   * @param {string|number} [mode]
   * @return {Promise<FileHandle>}
   */
  static async open (path, flags, mode) {
    const handle = new this({ path, flags, mode })
    await handle.open()
    return handle
  }

  /** @param {{ path?: any, flags?: any, mode?: any, id?: string, fd?: number }} [options] */
  constructor (options = {}) {
    super('fs.close', options)
    this.flags = options.flags ?? FileHandle.DEFAULT_OPEN_FLAGS
    this.mode = options.mode ?? FileHandle.DEFAULT_OPEN_MODE
    if (this.fd !== null) fds.attach(this.fd, this)
  }

  /** Opens the file, unless it is open. */
  async open () {
    if (this.id !== null) return true
    this[kOpening] ??= run(open(this.path, this.flags, this.mode))
    const { id, fd } = await this[kOpening]
    if (this.id === null) {
      this._adopt(id, fd)
      fds.attach(fd, this)
      this.emit('open', fd)
    }
    return true
  }

  /** Adds data at the end. */
  async appendFile (data, options) {
    return this.writeFile(data, options)
  }

  /** Changes the permissions. */
  async chmod (mode) {
    await this.#run('fs.fchmod', { mode: toMode(mode) }, 'fchmod')
  }

  /** Not supported: changes the owner. */
  async chown () {
    throw notSupported('FileHandle.chown')
  }

  /** Waits until the contents are on the disk. */
  async datasync () {
    await this.#run('fs.fdatasync', {}, 'fdatasync')
  }

  /** Waits until everything is on the disk. */
  async sync () {
    await this.#run('fs.fsync', {}, 'fsync')
  }

  /**
   * Reads bytes into a buffer, from a position or from the current one.
   * @return {Promise<{ bytesRead: number, buffer: any }>}
   */
  async read (buffer, offset, length, position, options) {
    const request = parseRead(buffer, offset, length, position)
    this._check('read')
    const signal = options?.signal
    const bytesRead = await readInto((size, at) => this._readPiece(size, at, signal), request.target, request.position)
    return { bytesRead, buffer: request.buffer }
  }

  /**
   * Reads what is left of the file.
   * @param {string|{ encoding?: string, signal?: AbortSignal }} [options]
   * @return {Promise<Buffer|string>}
   */
  async readFile (options) {
    const { encoding, signal } = toOptions(options)
    this._check('read')
    const bytes = await readToEnd((size, at) => this._readPiece(size, at, signal), null)
    return fromBytes(bytes, encoding)
  }

  /**
   * Yields the file's lines.
   * @param {{ encoding?: string, start?: number, end?: number }} [options]
   * @return {AsyncGenerator<string>}
   */
  readLines (options) {
    return readLines(this, options)
  }

  /** Reads into several buffers, one after the other. */
  async readv (buffers, position) {
    let bytesRead = 0
    for (const buffer of buffers) {
      const at = typeof position === 'number' ? position + bytesRead : null
      const part = await this.read(buffer, 0, buffer.byteLength, at)
      bytesRead += part.bytesRead
      if (part.bytesRead < buffer.byteLength) break
    }
    return { bytesRead, buffers }
  }

  /** Describes the file. */
  async stat (options) {
    const { bigint } = toOptions(options)
    return this.#run('fs.fstat', {}, 'fstat', (data) => {
      const stats = Stats.from(data, bigint)
      stats.handle = this
      return stats
    })
  }

  /** Cuts the file off, or fills it with zeros, at a length. */
  async truncate (length = 0) {
    await this.#run('fs.ftruncate', { length: toInteger(length ?? 0, 'len') }, 'ftruncate')
  }

  /** Sets the times of the last use and the last change. */
  async utimes (atime, mtime) {
    const times = { atimeMs: toMilliseconds(atime, 'atime'), mtimeMs: toMilliseconds(mtime, 'mtime') }
    await this.#run('fs.futimes', times, 'futime')
  }

  /**
   * Writes bytes or a string, at a position or at the current one.
   * @return {Promise<{ bytesWritten: number, buffer: any }>}
   */
  async write (buffer, offset, length, position, options) {
    const request = parseWrite(buffer, offset, length, position)
    this._check('write')
    const signal = options?.signal
    const bytesWritten = await writeAll((piece, at) => this._writePiece(piece, at, signal), request.source, request.position)
    return { bytesWritten, buffer: request.buffer }
  }

  /**
   * Writes data from the current position on.
   * @param {any} data a string, bytes, or an iterable of them
   * @param {string|{ encoding?: string, signal?: AbortSignal }} [options]
   */
  async writeFile (data, options) {
    const { encoding, signal } = toOptions(options)
    this._check('write')
    const write = (piece, at) => this._writePiece(piece, at, signal)
    const isIterable = typeof data === 'object' && data !== null && !ArrayBuffer.isView(data) &&
      (data[Symbol.asyncIterator] || data[Symbol.iterator])
    if (!isIterable) {
      await writeAll(write, toBytes(data, encoding), null)
      return
    }
    for await (const part of data) await writeAll(write, toBytes(part, encoding), null)
  }

  /** Writes several buffers, one after the other. */
  async writev (buffers, position) {
    let bytesWritten = 0
    for (const buffer of buffers) {
      const at = typeof position === 'number' ? position + bytesWritten : null
      bytesWritten += (await this.write(buffer, 0, buffer.byteLength, at)).bytesWritten
    }
    return { bytesWritten, buffers }
  }

  /** Makes a stream of the file's contents. */
  createReadStream (options) {
    return new ReadStream(this.path, { ...toOptions(options), handle: this })
  }

  /** Makes a stream that writes to the file. */
  createWriteStream (options) {
    return new WriteStream(this.path, { ...toOptions(options), handle: this })
  }

  /** Not supported: a web stream of the file's contents. */
  readableWebStream () {
    throw notSupported('FileHandle.readableWebStream')
  }

  /** Reads one piece; empty at the end. */
  async _readPiece (size, offset, signal) {
    if (signal?.aborted) throw abortError(signal)
    const params = { id: this.id, size, offset }
    return run({ command: 'fs.read', params, options: { binary: true, signal }, map: (_, bytes) => bytes ?? Buffer.alloc(0) })
  }

  /** Writes one piece and tells how much of it was written. */
  async _writePiece (body, offset, signal) {
    if (signal?.aborted) throw abortError(signal)
    const params = { id: this.id, offset }
    return run({ command: 'fs.write', params, options: { body, signal }, map: (data) => data.bytesWritten })
  }

  async #run (command, params, syscall, map) {
    this._check(syscall)
    return run({ command, params: { id: this.id, ...params }, map })
  }
}

export default exports
