/**
 * @module crypto/sodium
 *
 * Functions of libsodium under their own names, computed by the native side. Any other of its functions
 * says that it is not supported; boxes are in `Encryption` of `socket:network`.
 */
import { Buffer } from 'socket:buffer'
import { outOfRange } from 'socket:internal/node-errors'
import { toBytes, toHex } from 'socket:internal/relay/bytes'
import { askSync } from 'socket:internal/relay/crypto'
import { notSupported } from 'socket:internal/unsupported'

const KEY_BYTES = 32

const plain = (bytes) => Uint8Array.from(bytes)
const unhex = (text) => plain(Buffer.from(text, 'hex'))

/** A key pair as libsodium gives it. */
function pair (seed) {
  const { publicKey, privateKey } = askSync('createKeyPair', {}, seed)
  return { publicKey: unhex(publicKey), privateKey: unhex(privateKey), keyType: 'ed25519' }
}

const functions = {
  crypto_sign_BYTES: 64,
  crypto_sign_PUBLICKEYBYTES: KEY_BYTES,
  crypto_sign_SECRETKEYBYTES: 64,
  crypto_sign_SEEDBYTES: KEY_BYTES,
  crypto_generichash_BYTES: KEY_BYTES,

  /** Random bytes. */
  randombytes_buf: (length) => plain(globalThis.crypto.getRandomValues(new Uint8Array(length))),

  /** BLAKE2b of 32 bytes, without a key. */
  crypto_generichash (length, message, key) {
    if (length !== KEY_BYTES) throw outOfRange('hash_length', `${KEY_BYTES}`, length)
    if (key) throw notSupported('crypto_generichash with a key')
    const bytes = toBytes(message, 'message')
    // A body of no bytes is no body.
    return unhex(askSync('createSharedKey', bytes.length === 0 ? { text: '' } : {}, bytes).key)
  },

  crypto_sign_keypair: () => pair(),
  crypto_sign_seed_keypair: (seed) => pair(toBytes(seed, 'seed')),

  crypto_sign_detached (message, privateKey) {
    const params = { privateKey: toHex(privateKey, 'privateKey', 64) }
    return unhex(askSync('sign', params, toBytes(message, 'message')).signature)
  },

  crypto_sign_verify_detached (signature, message, publicKey) {
    const params = { publicKey: toHex(publicKey, 'publicKey', KEY_BYTES), signature: toHex(signature, 'signature', 64) }
    return askSync('verify', params, toBytes(message, 'message')).valid
  }
}

/** The functions of libsodium that there are; `ready` resolves at once. */
export const libsodium = new Proxy(functions, {
  get (target, name) {
    if (name === 'ready') return Promise.resolve()
    if (name in target || typeof name === 'symbol' || !/^(crypto_|randombytes_)/.test(name)) return target[name]
    return () => { throw notSupported(`sodium.${name}`) }
  }
})

export default libsodium
