/**
 * @module stream-relay/encryption
 *
 * Keys, ids, sealing and signatures as version 0.5.4 of Socket Runtime has them: the id of a cluster is
 * not hashed. The rest is `socket:latica/encryption`.
 */
import { toBytes } from 'socket:internal/relay/bytes'
import { Encryption as Base } from 'socket:latica/encryption'
import { Buffer } from 'socket:buffer'

/** Makes keys and ids; an instance keeps key pairs to open messages with. */
export class Encryption extends Base {
  /**
   * The id of a cluster: the bytes of what is given, at most 32; random otherwise.
   * @param {string|Uint8Array} [value]
   * @return {Promise<Buffer>}
   */
  static async createClusterId (value) {
    if (!value) return Buffer.from(globalThis.crypto.getRandomValues(new Uint8Array(32)))
    return Buffer.from(toBytes(value, 'value'))
  }
}

export default Encryption
