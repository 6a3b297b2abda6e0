/**
 * @module crypto
 *
 * Random bytes and digests.
 */
declare module 'socket:crypto' {
  import { Buffer } from 'socket:buffer'
  import libsodium from 'socket:crypto/sodium'

  /** The web's cryptography. */
  export const webcrypto: Crypto
  /** Those functions of libsodium that the peer-to-peer modules stand on. */
  export const sodium: typeof libsodium
  /** Resolves once everything can be used. */
  export const ready: Promise<any>
  /** How many random bytes the web gives at once. */
  export const RANDOM_BYTES_QUOTA: number
  /** A bound on the size of `randomBytes`. */
  export const MAX_RANDOM_BYTES: number
  /** The same in pages of the quota. */
  export const MAX_RANDOM_BYTES_PAGES: number
  /** Fills a typed array with random values. */
  export function getRandomValues<T extends ArrayBufferView> (view: T): T
  /** 64 random bits. */
  export function rand64 (): bigint
  /** Random bytes. */
  export function randomBytes (size: number): Buffer
  /** A digest of bytes. */
  export function createDigest (algorithm: string, bytes: ArrayBuffer | ArrayBufferView): Promise<Buffer>
  /** MurmurHash3 of text or bytes, in 32 bits. */
  export function murmur3 (value: string | ArrayBuffer | ArrayBufferView, seed?: number): number

  const exports: typeof import('socket:crypto')
  export default exports
}
