/**
 * Keys, boxes and signatures, all made by the native side.
 *
 * Each function has a form that blocks, for those calls that were never promises.
 */
import { Buffer } from 'socket:buffer'
import { toBytes, toHex } from 'socket:internal/relay/bytes'
import { call, callSync } from 'socket:internal/transport'

/** Bytes of an Ed25519 secret key: the seed and the public key. */
const SECRET_BYTES = 64

/**
 * Calls a command.
 * @param {string} command without `crypto.`
 * @param {object} params
 * @param {Uint8Array} [body]
 * @param {{ binary?: boolean }} [options] whether the answer is bytes
 * @return {Promise<any>} the data, or a buffer if `binary` is true
 */
export async function ask (command, params, body, options = {}) {
  return answer(await call(`crypto.${command}`, params, { body, binary: options.binary }), options)
}

/** The same, and blocks. */
export function askSync (command, params, body, options = {}) {
  return answer(callSync(`crypto.${command}`, params, { body, binary: options.binary }), options)
}

function answer ({ err, data, bytes }, { binary }) {
  if (err) throw err
  return binary ? Buffer.from(bytes ?? []) : data
}

/**
 * What a seed is sent as: text, or bytes in the body, or nothing for a random one.
 * @param {unknown} seed
 * @return {[object, Uint8Array|undefined]}
 */
export function seedArguments (seed) {
  if (seed === undefined || seed === null || seed === '') return [{}, undefined]
  return typeof seed === 'string' ? [{ text: seed }, undefined] : [{}, toBytes(seed, 'seed')]
}

/**
 * The hex digits of a key pair.
 * @param {{ publicKey: any, privateKey: any }} pair
 * @param {string} name of the argument, for the error
 * @return {{ publicKey: string, privateKey: string }}
 */
export function pairHex (pair, name) {
  return {
    publicKey: toHex(pair?.publicKey, `${name}.publicKey`, 32),
    privateKey: toHex(pair?.privateKey, `${name}.privateKey`, SECRET_BYTES)
  }
}

/**
 * The seed of a key pair, which is what a shared key is.
 * @param {{ privateKey: any }} pair
 * @param {string} name of the argument, for the error
 * @return {string} 64 hex digits
 */
export function seedHex (pair, name) {
  return toHex(pair?.privateKey, `${name}.privateKey`, SECRET_BYTES).slice(0, 64)
}
