/**
 * Who one is: a name, a room, the id of one's peer and the keys that sign one's messages.
 *
 * Takes the file system as an argument, so any object with the calls of Node's `fs/promises` will do.
 * Invariant: the file is only ever replaced whole, and readable by its owner alone.
 */

const FILE = 'profile.json'

/** The profile of one person on this machine. */
export class Profile {
  #fs
  #path

  /**
   * @param {object} fs calls of `fs/promises`
   * @param {string} folder
   */
  constructor (fs, folder) {
    this.#fs = fs
    this.#path = `${folder}/${FILE}`
    this.folder = folder
  }

  /**
   * Reads the profile.
   * @return {Promise<object|null>} nothing if there is none yet
   */
  async read () {
    try {
      const { keys, ...rest } = JSON.parse(await this.#fs.readFile(this.#path, 'utf8'))
      return { ...rest, keys: mapValues(keys, fromHex) }
    } catch (error) {
      if (error.code === 'ENOENT') return null
      throw error
    }
  }

  /**
   * Keeps the profile.
   * @param {{ name: string, room: string, peerId: string, keys: { publicKey: Uint8Array, privateKey: Uint8Array } }} profile
   */
  async write (profile) {
    await this.#fs.mkdir(this.folder, { recursive: true })
    const text = JSON.stringify({ ...profile, keys: mapValues(profile.keys, toHex) }, null, 2)
    await this.#fs.writeFile(`${this.#path}.new`, text, { mode: 0o600 })
    await this.#fs.rename(`${this.#path}.new`, this.#path)
  }
}

/**
 * @param {Uint8Array} bytes
 * @return {string}
 */
export function toHex (bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/**
 * @param {string} text
 * @return {Uint8Array}
 */
export function fromHex (text) {
  return Uint8Array.from(text.match(/../g) ?? [], (digits) => Number.parseInt(digits, 16))
}

function mapValues (object, map) {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, map(value)]))
}
