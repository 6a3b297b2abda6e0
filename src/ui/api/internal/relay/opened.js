/**
 * Remembers what sealed messages say that the native side has opened already.
 */

/** By the very buffer that holds the sealed bytes. */
const opened = new WeakMap()

/**
 * Remembers what a sealed message says.
 * @template {Uint8Array} T
 * @param {T} sealed
 * @param {Uint8Array} message
 * @return {T} the sealed one
 */
export function remember (sealed, message) {
  opened.set(sealed, message)
  return sealed
}

/**
 * What a sealed message says, if that is known.
 * @param {Uint8Array} sealed
 * @return {Uint8Array|undefined}
 */
export function recall (sealed) {
  return opened.get(sealed)
}
