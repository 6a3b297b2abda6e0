/**
 * @module stream-relay/sugar
 *
 * Makes the function that `socket:network` exports.
 */
import { openBus } from 'socket:internal/relay/bus'
import { wrap } from 'socket:stream-relay'

/**
 * @param {any} [_dgram] kept for compatibility
 * @param {any} [_events] kept for compatibility
 * @return {(options: object) => Promise<any>} opens a bus; each call another one
 */
export default function sugar (_dgram = undefined, _events = undefined) {
  const Peer = wrap()
  return async (options) => openBus(options, Peer)
}
