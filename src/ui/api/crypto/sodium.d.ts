/**
 * @module crypto/sodium
 *
 * Functions of libsodium under their own names. Any other of them throws that it is not supported.
 */
declare module 'socket:crypto/sodium' {
  /** The functions of libsodium that there are. */
  export const libsodium: {
    ready: Promise<void>
    crypto_sign_BYTES: 64
    crypto_sign_PUBLICKEYBYTES: 32
    crypto_sign_SECRETKEYBYTES: 64
    crypto_sign_SEEDBYTES: 32
    crypto_generichash_BYTES: 32
    randombytes_buf (length: number): Uint8Array
    crypto_generichash (length: 32, message: Uint8Array | string): Uint8Array
    crypto_sign_keypair (): { publicKey: Uint8Array, privateKey: Uint8Array, keyType: 'ed25519' }
    crypto_sign_seed_keypair (seed: Uint8Array): { publicKey: Uint8Array, privateKey: Uint8Array, keyType: 'ed25519' }
    crypto_sign_detached (message: Uint8Array | string, privateKey: Uint8Array): Uint8Array
    crypto_sign_verify_detached (signature: Uint8Array, message: Uint8Array | string, publicKey: Uint8Array): boolean
    [name: string]: any
  }
  export default libsodium
}
