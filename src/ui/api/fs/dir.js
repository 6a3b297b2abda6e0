/**
 * @module fs/dir
 *
 * Folders and what is in them.
 */
import { fromText } from 'socket:internal/fs-args'
import { codedError } from 'socket:internal/node-errors'
import {
  UV_DIRENT_BLOCK, UV_DIRENT_CHAR, UV_DIRENT_DIR, UV_DIRENT_FIFO,
  UV_DIRENT_FILE, UV_DIRENT_LINK, UV_DIRENT_SOCKET, UV_DIRENT_UNKNOWN
} from 'socket:fs/constants'
import { DirectoryHandle } from 'socket:fs/handle'
import * as exports from 'socket:fs/dir'

/** The property of a `Dirent` that holds its type. */
export const kType = Symbol.for('fs.Dirent.type')

const TYPES = {
  file: UV_DIRENT_FILE,
  directory: UV_DIRENT_DIR,
  symlink: UV_DIRENT_LINK,
  fifo: UV_DIRENT_FIFO,
  socket: UV_DIRENT_SOCKET,
  char: UV_DIRENT_CHAR,
  block: UV_DIRENT_BLOCK
}

/**
 * Orders entries by name.
 * @param {string|Dirent} a
 * @param {string|Dirent} b
 * @return {number}
 */
export function sortDirectoryEntries (a, b) {
  const [first, second] = [a?.name ?? a, b?.name ?? b]
  return first < second ? -1 : first > second ? 1 : 0
}

/** One entry of a folder. */
export class Dirent {
  /**
   * Makes an entry.
   * @param {string|{ name: string, type: string, parent?: string }} name
   * @param {string|number} [type]
   * @return {Dirent}
   */
  static from (name, type) {
    if (typeof name === 'object' && name !== null) return new this(name.name, name.type, name.parent)
    return new this(name, type)
  }

  /**
   * @param {string|Buffer} name
   * @param {string|number} [type]
   * @param {string} [parentPath] the folder that it is in
   */
  constructor (name, type, parentPath = '') {
    this.name = name
    this.parentPath = parentPath
    this.path = parentPath
    Object.defineProperty(this, kType, {
      value: typeof type === 'number' ? type : TYPES[type] ?? UV_DIRENT_UNKNOWN
    })
  }

  /** The type as one of the `UV_DIRENT_*` constants. */
  get type () { return this[kType] }

  isDirectory () { return this.type === UV_DIRENT_DIR }
  isFile () { return this.type === UV_DIRENT_FILE }
  isBlockDevice () { return this.type === UV_DIRENT_BLOCK }
  isCharacterDevice () { return this.type === UV_DIRENT_CHAR }
  isSymbolicLink () { return this.type === UV_DIRENT_LINK }
  isFIFO () { return this.type === UV_DIRENT_FIFO }
  isSocket () { return this.type === UV_DIRENT_SOCKET }
}

function dirClosed () {
  return codedError(Error, 'ERR_DIR_CLOSED', 'Directory handle was closed')
}

/** An open folder whose entries are read one by one. */
export class Dir {
  #entries = []
  #isAtEnd = false
  #last = Promise.resolve()

  /**
   * Makes a `Dir` of a handle or a handle's id.
   * @param {DirectoryHandle|string} handle
   * @param {object} [options]
   * @return {Dir}
   */
  static from (handle, options) {
    return new this(handle instanceof DirectoryHandle ? handle : DirectoryHandle.from(handle), options)
  }

  /**
   * @param {DirectoryHandle} handle
   * @param {{ encoding?: string, bufferSize?: number, withFileTypes?: boolean }} [options]
   */
  constructor (handle, options) {
    this.path = handle?.path ?? null
    this.handle = handle
    this.encoding = options?.encoding ?? 'utf8'
    this.bufferSize = options?.bufferSize ?? 256
    this.withFileTypes = options?.withFileTypes !== false
  }

  /** Whether the folder was closed. */
  get closed () { return Boolean(this.handle?.closed) }

  /** Whether the folder is being closed. */
  get closing () { return Boolean(this.handle?.closing) }

  /**
   * Closes the folder.
   * @param {object|Function} [options]
   * @param {(error: Error|null) => void} [callback]
   * @return {Promise<void>|void}
   */
  close (options, callback) {
    const done = typeof options === 'function' ? options : callback
    const closing = this.#isDone() ? Promise.reject(dirClosed()) : this.handle.close()
    if (!done) return closing
    closing.then(() => done(null), done)
  }

  /**
   * Reads the next entry; null at the end.
   * @param {object|Function} [options]
   * @param {(error: Error|null, entry?: Dirent|null) => void} [callback]
   * @return {Promise<Dirent|null>|void}
   */
  read (options, callback) {
    const done = typeof options === 'function' ? options : callback
    const reading = this.#inTurn()
    if (!done) return reading
    reading.then((entry) => done(null, entry), done)
  }

  /** Yields every entry and closes the folder. */
  async * entries () {
    try {
      for (let entry = await this.#inTurn(); entry !== null; entry = await this.#inTurn()) yield entry
    } finally {
      if (!this.#isDone()) await this.close()
    }
  }

  [Symbol.asyncIterator] () {
    return this.entries()
  }

  #isDone () {
    return this.closed || this.closing
  }

  /** Two readings at once would each fetch a batch, and one of the two would be lost. */
  #inTurn () {
    const reading = this.#last.then(() => this.#next())
    this.#last = reading.catch(() => {})
    return reading
  }

  async #next () {
    if (this.#isDone()) throw dirClosed()
    if (this.#entries.length === 0 && !this.#isAtEnd) {
      this.#entries = await this.handle.read({ entries: this.bufferSize })
      this.#isAtEnd = this.#entries.length === 0
    }
    const entry = this.#entries.shift()
    if (!entry) return null
    const name = fromText(entry.name, this.encoding)
    return this.withFileTypes ? new Dirent(name, entry.type, this.path) : name
  }
}

export default exports
