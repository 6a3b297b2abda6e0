/**
 * @module latica/api
 *
 * Opens a bus as `socket:network` does, with the ids of clusters hashed as `socket:latica` has them.
 */
import { openBus } from 'socket:internal/relay/bus'
import { Peer } from 'socket:internal/relay/peer'

/**
 * Opens a bus.
 * @param {object} options as `network` in `socket:network` takes them
 * @param {any} [_events] kept for compatibility
 * @param {any} [_dgram] kept for compatibility
 * @return {Promise<any>}
 */
export async function api (options, _events = undefined, _dgram = undefined) {
  return openBus(options, Peer)
}

export default api
