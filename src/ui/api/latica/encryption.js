/**
 * @module latica/encryption
 *
 * Keys, ids, sealing and signatures as the relay protocol has them. The native side computes them.
 *
 * ```js
 * import { Encryption } from 'socket:latica/encryption'
 *
 * const sharedKey = await Encryption.createSharedKey('a secret of the room')
 * const { publicKey, privateKey } = await Encryption.createKeyPair()
 * ```
 *
 * A shared key makes its holders equal: each can read and write as the others can. Who wrote a message
 * is a matter of its signature, see `packet.verification` in `socket:network`.
 */
import { Buffer } from 'socket:buffer'
import { isBytes, messageBytes, toBytes, toHex } from 'socket:internal/relay/bytes'
import { ask, askSync, pairHex, seedArguments, seedHex } from 'socket:internal/relay/crypto'
import { recall } from 'socket:internal/relay/opened'
import { sha256 } from 'socket:latica/packets'

const SIGNATURE_BYTES = 64
const BINARY = { binary: true }

/** Makes keys and ids; an instance keeps key pairs to open messages with. */
export class Encryption {
  /** Key pairs by their public keys in base64. */
  keys = {}

  /**
   * The secret that the members of a subcluster share; random without a seed.
   * @param {string|Uint8Array} [seed]
   * @return {Promise<Uint8Array>} 32 bytes
   */
  static async createSharedKey (seed) {
    return unhex((await ask('createSharedKey', ...seedArguments(seed))).key)
  }

  /**
   * An Ed25519 key pair; random without a seed. A seed of bytes must be 32 of them.
   * @param {string|Uint8Array} [seed]
   * @return {Promise<{ publicKey: Uint8Array, privateKey: Uint8Array }>}
   */
  static async createKeyPair (seed) {
    const pair = await ask('createKeyPair', ...seedArguments(seed))
    return { publicKey: unhex(pair.publicKey), privateKey: unhex(pair.privateKey) }
  }

  /**
   * An id, the SHA-256 of what is given; random otherwise.
   * @param {string|Uint8Array} [value]
   * @return {Promise<string>} 64 hex digits
   */
  static async createId (value) {
    return sha256(value)
  }

  /**
   * The id of a cluster: the SHA-256 of what is given; random otherwise.
   * @param {string|Uint8Array} [value]
   * @return {Promise<Buffer>} 32 bytes
   */
  static async createClusterId (value) {
    return sha256(value, { bytes: true })
  }

  /**
   * The same as `createClusterId`.
   * @param {string|Uint8Array} [value]
   * @return {Promise<Buffer>}
   */
  static async createSubclusterId (value) {
    return this.createClusterId(value)
  }

  /**
   * Signs a message as apps of Socket Runtime do: all of it but its first 64 bytes. A shorter message is
   * not covered at all, so do not build on it; what `socket:network` sends is signed as a whole besides.
   * @param {Uint8Array} message
   * @param {Uint8Array} privateKey
   * @return {Uint8Array} 64 bytes
   */
  static sign (message, privateKey) {
    const params = { privateKey: toHex(privateKey, 'privateKey', 64), legacy: true }
    return unhex(askSync('sign', params, toBytes(message, 'message')).signature)
  }

  /**
   * Checks a signature that `sign` made.
   * @param {Uint8Array} message
   * @param {Uint8Array} signature
   * @param {Uint8Array} publicKey
   * @return {boolean}
   */
  static verify (message, signature, publicKey) {
    if (signature?.length !== SIGNATURE_BYTES || publicKey?.length !== 32) return false
    const params = { publicKey: toHex(publicKey, 'publicKey'), signature: toHex(signature, 'signature'), legacy: true }
    return askSync('verify', params, toBytes(message, 'message')).valid
  }

  /**
   * Keeps a key pair.
   * @param {Uint8Array|string} publicKey
   * @param {Uint8Array} privateKey
   */
  add (publicKey, privateKey) {
    this.keys[base64(publicKey)] = { publicKey, privateKey, ts: Date.now() }
  }

  /**
   * Forgets a key pair.
   * @param {Uint8Array|string} publicKey
   */
  remove (publicKey) {
    delete this.keys[base64(publicKey)]
  }

  /**
   * Whether there is a key pair for a public key.
   * @param {Uint8Array|string} publicKey text is base64 already
   * @return {boolean}
   */
  has (publicKey) {
    return Object.hasOwn(this.keys, isBytes(publicKey) ? base64(publicKey) : publicKey)
  }

  /**
   * Encrypts, signs and encrypts a message for the holders of a key pair.
   * @param {Uint8Array|string} message
   * @param {{ publicKey: Uint8Array, privateKey: Uint8Array }|string} keys or the base64 of a public key that was added
   * @return {Buffer} 160 bytes longer than the message
   */
  seal (message, keys) {
    const pair = this.#pair(keys)
    this.add(pair.publicKey, pair.privateKey)
    return askSync('seal', { key: seedHex(pair, 'keys') }, messageBytes(message), BINARY)
  }

  /**
   * Opens what `seal` made.
   * @param {Uint8Array} message
   * @param {{ publicKey: Uint8Array, privateKey: Uint8Array }|string} keys
   * @return {Buffer}
   * @throws with code `ERR_CRYPTO_OPEN` if it is damaged or for others
   */
  open (message, keys) {
    const pair = this.#pair(keys)
    const known = recall(message)
    if (known) return Buffer.from(known)
    return askSync('open', { key: seedHex(pair, 'keys') }, toBytes(message, 'message'), BINARY)
  }

  /**
   * Encrypts a message for whoever has the secret key of a public one.
   * @param {Uint8Array|string} message
   * @param {Uint8Array|{ publicKey: Uint8Array }} publicKey
   * @return {Buffer} 48 bytes longer than the message
   */
  sealMessage (message, publicKey) {
    const key = isBytes(publicKey) ? publicKey : publicKey?.publicKey
    return askSync('sealMessage', { publicKey: toHex(key, 'publicKey', 32) }, messageBytes(message), BINARY)
  }

  /**
   * Opens what `sealMessage` made.
   * @param {Uint8Array} message
   * @param {{ publicKey: Uint8Array, privateKey: Uint8Array }|string} keys
   * @return {Buffer}
   */
  openMessage (message, keys) {
    return askSync('openMessage', pairHex(this.#pair(keys), 'keys'), toBytes(message, 'message'), BINARY)
  }

  /**
   * Encrypts a message twice, and does not sign it.
   * @param {Uint8Array|string} message
   * @param {{ publicKey: Uint8Array, privateKey: Uint8Array }|string} keys
   * @return {Buffer}
   */
  sealUnsigned (message, keys) {
    const pair = this.#pair(keys)
    this.add(pair.publicKey, pair.privateKey)
    return this.sealMessage(this.sealMessage(message, pair), pair)
  }

  /**
   * Opens one of the two layers that `sealUnsigned` made.
   * @param {Uint8Array} message
   * @param {{ publicKey: Uint8Array, privateKey: Uint8Array }|string} keys
   * @return {Buffer}
   */
  openUnsigned (message, keys) {
    return this.openMessage(message, keys)
  }

  #pair (keys) {
    const pair = typeof keys === 'string' ? this.keys[keys] : keys
    if (pair) return pair
    throw Object.assign(new Error(`ENOKEY: there is no key for '${keys}'`), { code: 'ENOKEY' })
  }
}

const base64 = (bytes) => toBytes(bytes, 'publicKey').toString('base64')

/** Plain bytes: apps check keys for being a `Uint8Array` by the name of its constructor. */
const unhex = (text) => Uint8Array.from(Buffer.from(text, 'hex'))

export default Encryption
