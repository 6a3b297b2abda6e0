/**
 * @module latica/encryption
 *
 * Keys, ids, sealing and signatures as the relay protocol has them.
 */
declare module 'socket:latica/encryption' {
  import { Buffer } from 'socket:buffer'

  type Seed = string | Uint8Array
  /** An Ed25519 key pair. */
  export interface KeyPair { publicKey: Uint8Array, privateKey: Uint8Array }

  /** Makes keys and ids; an instance keeps key pairs to open messages with. */
  export class Encryption {
    /** The secret that the members of a subcluster share; random without a seed. */
    static createSharedKey (seed?: Seed): Promise<Uint8Array>
    /** An Ed25519 key pair; random without a seed. A seed of bytes must be 32 of them. */
    static createKeyPair (seed?: Seed): Promise<KeyPair>
    /** An id, the SHA-256 of what is given; random otherwise. */
    static createId (value?: Seed): Promise<string>
    /** The id of a cluster. */
    static createClusterId (value?: Seed): Promise<Buffer>
    /** The same as `createClusterId`. */
    static createSubclusterId (value?: Seed): Promise<Buffer>
    /** Signs all of a message but its first 64 bytes, as apps of Socket Runtime do. */
    static sign (message: Uint8Array | string, privateKey: Uint8Array): Uint8Array
    /** Checks a signature that `sign` made. */
    static verify (message: Uint8Array | string, signature: Uint8Array, publicKey: Uint8Array): boolean
    /** Key pairs by their public keys in base64. */
    keys: Record<string, KeyPair & { ts: number }>
    /** Keeps a key pair. */
    add (publicKey: Uint8Array, privateKey: Uint8Array): void
    /** Forgets a key pair. */
    remove (publicKey: Uint8Array): void
    /** Whether there is a key pair for a public key, given as bytes or base64. */
    has (publicKey: Uint8Array | string): boolean
    /** Encrypts, signs and encrypts a message for the holders of a key pair. */
    seal (message: Uint8Array | string, keys: KeyPair | string): Buffer
    /** Opens what `seal` made. */
    open (message: Uint8Array, keys: KeyPair | string): Buffer
    /** Encrypts a message for whoever has the secret key of a public one. */
    sealMessage (message: Uint8Array | string, publicKey: Uint8Array | { publicKey: Uint8Array }): Buffer
    /** Opens what `sealMessage` made. */
    openMessage (message: Uint8Array, keys: KeyPair | string): Buffer
    /** Encrypts a message twice, and does not sign it. */
    sealUnsigned (message: Uint8Array | string, keys: KeyPair | string): Buffer
    /** Opens one of the two layers that `sealUnsigned` made. */
    openUnsigned (message: Uint8Array, keys: KeyPair | string): Buffer
  }

  export default Encryption
}
