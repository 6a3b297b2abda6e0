/**
 * @module fs/fds
 *
 * Which descriptor number belongs to which handle of the native side.
 */
import { call } from 'socket:internal/transport'
import { codedError } from 'socket:internal/node-errors'

/** The open descriptors that this realm knows. */
class Descriptors {
  types = new Map()
  fds = new Map()
  ids = new Map()
  #handles = new Map()
  #kept = new Set()

  /** How many descriptors are known. */
  get size () {
    return this.ids.size
  }

  /** The number of a handle's descriptor. */
  get (id) {
    return this.fds.get(id)
  }

  /** The number of a handle's descriptor. */
  fd (id) {
    return this.fds.get(id)
  }

  /** The handle of a descriptor's number. */
  id (fd) {
    return this.ids.get(fd)
  }

  /** Tells if a handle or a number is known. */
  has (id) {
    return this.fds.has(id) || this.ids.has(id)
  }

  /** Remembers a descriptor. */
  set (id, fd, type = id === fd ? 'directory' : 'file') {
    if (this.has(id)) return
    this.fds.set(id, fd)
    this.ids.set(fd, id)
    this.types.set(id, type)
    this.types.set(fd, type)
  }

  /**
   * Remembers the object behind a descriptor's number.
   * @param {number} fd
   * @param {object} handle
   * @param {boolean} [isKept] until it is closed, even if nothing else refers to it
   */
  attach (fd, handle, isKept = false) {
    this.#handles.set(fd, new WeakRef(handle))
    if (isKept) this.#kept.add(handle)
  }

  /**
   * The object behind a descriptor's number.
   * @param {number} fd
   * @param {string} syscall named in the error
   * @return {any}
   * @throws `EBADF`
   */
  handle (fd, syscall) {
    const handle = this.#handles.get(fd)?.deref()
    if (handle) return handle
    const error = codedError(Error, 'EBADF', `EBADF: bad file descriptor, ${syscall}`)
    error.syscall = syscall
    throw error
  }

  /** Forgets a descriptor, or all, and closes it unless told otherwise. */
  async release (id, closeDescriptor = true) {
    if (id === undefined) {
      this.clear()
      if (closeDescriptor) await call('fs.closeOpenDescriptors')
      return
    }
    const own = this.ids.get(id) ?? id
    const type = this.typeof(own)
    const isKnown = this.has(own)
    this.#forget(own)
    if (closeDescriptor && isKnown) await call(type === 'directory' ? 'fs.closedir' : 'fs.close', { id: own })
  }

  /** Kept for compatibility: a descriptor stays open until it is closed. */
  async retain (id) {
    return { id: this.ids.get(id) ?? id }
  }

  /** Forgets a descriptor and closes it. */
  delete (id) {
    return this.release(id)
  }

  /** Forgets all descriptors. */
  clear () {
    this.ids.clear()
    this.fds.clear()
    this.types.clear()
    this.#handles.clear()
    this.#kept.clear()
  }

  /** `file` or `directory`. */
  typeof (id) {
    return this.types.get(id) ?? this.types.get(this.fds.get(id))
  }

  /** Pairs of number and handle. */
  entries () {
    return this.ids.entries()
  }

  /** Learns what the native side has open for this window. */
  async syncOpenDescriptors () {
    const { data } = await call('fs.getOpenDescriptors')
    for (const { id, fd, type } of data ?? []) this.set(id, fd, type)
  }

  #forget (id) {
    const fd = this.fds.get(id)
    this.fds.delete(id)
    this.types.delete(id)
    // The system may have given the number to another file meanwhile.
    if (fd === undefined || this.ids.get(fd) !== id) return
    this.ids.delete(fd)
    this.types.delete(fd)
    this.#kept.delete(this.#handles.get(fd)?.deref())
    this.#handles.delete(fd)
  }
}

export default new Descriptors()
