/**
 * @module fs/directory-handle
 *
 * An open folder.
 */
import { Handle, kOpening } from 'socket:internal/fs-handle'
import { toInteger } from 'socket:internal/fs-args'
import { opendir, run } from 'socket:fs/operations'
import fds from 'socket:fs/fds'

/** A handle of an open folder. */
export class DirectoryHandle extends Handle {
  /** The most entries that one `read` gives. */
  static get MAX_ENTRIES () { return 256 }

  /**
   * Makes a handle of the id of an open folder.
   * @param {string|DirectoryHandle|{ id: string }} id
   * @return {DirectoryHandle}
   */
  static from (id) {
    if (id instanceof DirectoryHandle) return id
    const own = id?.id ?? fds.id(id) ?? id
    return new this({ id: String(own), fd: fds.fd(own) })
  }

  /**
   * Opens a folder.
   * @param {string|Buffer|URL} path
   * @param {object} [options]
   * @return {Promise<DirectoryHandle>}
   */
  static async open (path, options) {
    const handle = new this({ path, ...options })
    await handle.open()
    return handle
  }

  /** @param {{ path?: any, id?: string, fd?: number }} [options] */
  constructor (options = {}) {
    super('fs.closedir', options)
  }

  /** Opens the folder, unless it is open. */
  async open () {
    if (this.id !== null) return true
    this[kOpening] ??= run(opendir(this.path))
    const { id, fd } = await this[kOpening]
    if (this.id === null) {
      this._adopt(id, fd)
      this.emit('open', this.fd)
    }
    return true
  }

  /**
   * Reads some entries; none at the end.
   * @param {{ entries?: number }} [options]
   * @return {Promise<{ name: string, type: string }[]>}
   */
  async read (options) {
    this._check('scandir')
    const most = DirectoryHandle.MAX_ENTRIES
    const entries = Math.min(toInteger(options?.entries ?? most, 'options.entries', 1), most)
    return run({ command: 'fs.readdirNext', params: { id: this.id, entries }, map: (data) => data })
  }
}

export default DirectoryHandle
