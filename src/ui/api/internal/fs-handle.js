/**
 * What handles of files and of folders share: they are opened, closed, and closed when forgotten.
 */
import { call, callSync } from 'socket:internal/transport'
import { codedError } from 'socket:internal/node-errors'
import { EventEmitter } from 'socket:events'
import fds from 'socket:fs/fds'

/** The property that holds the promise of an opening. */
export const kOpening = Symbol.for('fs.FileHandle.opening')
/** The property that holds the promise of a closing. */
export const kClosing = Symbol.for('fs.FileHandle.closing')
/** The property that says whether the handle is closed. */
export const kClosed = Symbol.for('fs.FileHandle.closed')

const forgotten = new FinalizationRegistry(({ id, command, fd }) => {
  fds.release(id, false)
  console.warn(`file descriptor ${fd} was closed because nothing refers to its handle any more; close it yourself`)
  call(command, { id })
})

/** A handle of the native side. */
export class Handle extends EventEmitter {
  #closeCommand

  /**
   * @param {string} closeCommand
   * @param {{ id?: string, fd?: number, path?: string }} [options]
   */
  constructor (closeCommand, options = {}) {
    super()
    this.#closeCommand = closeCommand
    this.id = null
    this.fd = null
    this.path = options.path ?? null
    this[kOpening] = null
    this[kClosing] = null
    this[kClosed] = false
    if (options.id) this._adopt(options.id, options.fd)
  }

  /** Whether the handle may be used. */
  get opened () { return this.id !== null && !this.closed && !this.closing }

  /** Whether the handle is being opened. */
  get opening () { return this[kOpening] !== null && this.id === null }

  /** Whether the handle is being closed. */
  get closing () { return this[kClosing] !== null && !this.closed }

  /** Whether the handle was closed. */
  get closed () { return this[kClosed] }

  /**
   * Closes the handle; a second time does nothing.
   * @return {Promise<void>}
   */
  close () {
    this[kClosing] ??= this.#close()
    return this[kClosing]
  }

  async [Symbol.asyncDispose ?? Symbol.for('Symbol.asyncDispose')] () {
    await this.close()
  }

  /** Takes over what the native side has opened. */
  _adopt (id, fd = id) {
    this.id = id
    this.fd = fd
    const type = this.#closeCommand === 'fs.closedir' ? 'directory' : 'file'
    fds.set(id, fd, type)
    forgotten.register(this, { id, fd, command: this.#closeCommand }, this)
  }

  /**
   * Throws unless the handle is open.
   * @param {string} syscall
   */
  _check (syscall) {
    if (this.opened) return
    const error = codedError(Error, 'EBADF', 'file closed')
    error.syscall = syscall
    throw error
  }

  /** Closes the handle by a call that blocks. */
  _closeSync () {
    this._check('close')
    this[kClosing] = Promise.resolve()
    this.#forget()
    const { err } = callSync(this.#closeCommand, { id: this.id })
    this.#closed()
    if (err) throw err
  }

  async #close () {
    // What is being opened has to be there before it can be closed.
    if (this.id === null) await this[kOpening]?.catch(() => {})
    if (this.id === null) {
      this[kClosed] = true
      return
    }
    this.#forget()
    const { err } = await call(this.#closeCommand, { id: this.id })
    this.#closed()
    if (err) throw err
  }

  #forget () {
    forgotten.unregister(this)
    fds.release(this.id, false)
  }

  #closed () {
    this[kClosed] = true
    this.fd = -1
    this.emit('close')
  }
}

export default Handle
