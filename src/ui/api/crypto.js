/**
 * @module crypto
 *
 * Random bytes and digests. `webcrypto` is the page's own; `sodium` has those functions of libsodium that
 * the peer-to-peer modules stand on, computed by the native side.
 *
 * ```js
 * import { randomBytes, createDigest } from 'socket:crypto'
 *
 * const digest = await createDigest('SHA-256', randomBytes(32))
 * ```
 */
import { Buffer } from 'socket:buffer'
import sodium from 'socket:crypto/sodium'
import { outOfRange } from 'socket:internal/node-errors'
import { toBytes } from 'socket:internal/relay/bytes'
import * as exports from 'socket:crypto'

/** The web's cryptography. */
export const webcrypto = globalThis.crypto

/** How many random bytes the web gives at once. */
export const RANDOM_BYTES_QUOTA = 64 * 1024

/** A bound on the size of `randomBytes`. */
export const MAX_RANDOM_BYTES = 0xffff_ffff_ffff

/** The same in pages of the quota. */
export const MAX_RANDOM_BYTES_PAGES = MAX_RANDOM_BYTES / RANDOM_BYTES_QUOTA

/** Resolves once everything can be used, which it can from the start. */
export const ready = Promise.resolve([])

export { sodium }

/**
 * Fills a typed array with random values.
 * @template {ArrayBufferView} T
 * @param {T} view
 * @return {T}
 */
export function getRandomValues (view) {
  return webcrypto.getRandomValues(view)
}

/** @return {bigint} 64 random bits */
export function rand64 () {
  const [high, low] = getRandomValues(new Uint32Array(2))
  return (BigInt(high) << 32n) | BigInt(low)
}

/**
 * Random bytes.
 * @param {number} size
 * @return {Buffer}
 */
export function randomBytes (size) {
  if (!Number.isInteger(size) || size < 0 || size >= MAX_RANDOM_BYTES) {
    throw outOfRange('size', `>= 0 && <= ${MAX_RANDOM_BYTES}`, size)
  }
  const bytes = Buffer.alloc(size)
  for (let at = 0; at < size; at += RANDOM_BYTES_QUOTA) getRandomValues(bytes.subarray(at, at + RANDOM_BYTES_QUOTA))
  return bytes
}

/**
 * A digest of bytes.
 * @param {'SHA-1'|'SHA-256'|'SHA-384'|'SHA-512'} algorithm
 * @param {ArrayBuffer|ArrayBufferView} bytes
 * @return {Promise<Buffer>}
 */
export async function createDigest (algorithm, bytes) {
  return Buffer.from(await webcrypto.subtle.digest(algorithm, bytes))
}

/**
 * MurmurHash3 of text or bytes, in 32 bits.
 * @see {@link https://github.com/aappleby/smhasher/blob/master/src/MurmurHash3.cpp}
 * @param {string|ArrayBuffer|ArrayBufferView} value
 * @param {number} [seed]
 * @return {number}
 */
export function murmur3 (value, seed = 0) {
  const bytes = toBytes(value, 'value')
  let hash = seed
  let at = 0
  for (; at + 4 <= bytes.length; at += 4) {
    hash = Math.imul(rotate(hash ^ mix(bytes.readInt32LE(at)), 13), 5) + 0xe6546b64 | 0
  }
  let rest = 0
  for (let end = bytes.length - 1; end >= at; end--) rest = (rest << 8) | bytes[end]
  if (at < bytes.length) hash ^= mix(rest)
  hash ^= bytes.length
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

const rotate = (word, bits) => (word << bits) | (word >>> (32 - bits))

const mix = (word) => Math.imul(rotate(Math.imul(word, 0xcc9e2d51), 15), 0x1b873593)

export default exports
