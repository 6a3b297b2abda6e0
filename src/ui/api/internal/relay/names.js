/**
 * Names of events, which travel as their SHA-256.
 *
 * A listener is in place as soon as it was added, even though its hash comes later: who looks a hash up
 * waits for those that are on their way.
 */
import { sha256 } from 'socket:latica/packets'

/** The names that listeners were added for. */
export class Names {
  #byHash = new Map()
  #pending = new Map()

  /**
   * Learns a name.
   * @param {string} name
   * @return {Promise<void>}
   */
  learn (name) {
    if (!this.#pending.has(name)) {
      this.#pending.set(name, sha256(name).then((hash) => { this.#byHash.set(hash, name) }))
    }
    return this.#pending.get(name)
  }

  /**
   * The name of a hash, `undefined` if nobody listens for it.
   * @param {Uint8Array} hash
   * @return {Promise<string|undefined>}
   */
  async find (hash) {
    await Promise.all(this.#pending.values())
    return this.#byHash.get(hash.toString('hex'))
  }
}

export default Names
