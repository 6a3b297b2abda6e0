/**
 * @module stream-relay
 *
 * The low-level interface to the peer-to-peer network as version 0.5.4 of Socket Runtime has it. New code
 * uses `socket:network`, or `socket:latica`.
 *
 * ```js
 * import { wrap, Encryption } from 'socket:stream-relay'
 *
 * const Peer = wrap()
 * const peer = new Peer({ peerId: await Encryption.createId(), clusterId: await Encryption.createClusterId('app') })
 * ```
 */
import { Peer as Base } from 'socket:internal/relay/peer'
import { Encryption } from 'socket:stream-relay/encryption'
import * as NAT from 'socket:latica/nat'

export {
  DEFAULT_KEEP_ALIVE, DEFAULT_RATE_LIMIT_THRESHOLD, PING_RETRY, PROBE_WAIT, getRandomPort, rateLimit
} from 'socket:internal/relay/constants'
export { RemotePeer } from 'socket:internal/relay/remote-peer'
export { Cache } from 'socket:latica/cache'
export { Packet, sha256 } from 'socket:latica/packets'
export { Encryption, NAT, Peer }

/** A peer of the network, as this page sees it. */
class Peer extends Base {
  static Encryption = Encryption
}

/**
 * The class of peers.
 * @param {any} [_dgram] kept for compatibility: the sockets belong to the native side
 * @return {typeof Peer}
 */
export const wrap = (_dgram = undefined) => class extends Peer {}

/**
 * Prints a line about a peer if the environment variable `DEBUG` is a pattern that fits it.
 * @param {string} peerId
 * @param {...any} values
 */
export function debug (peerId, ...values) {
  const pattern = globalThis.__args?.env?.DEBUG
  const line = `${String(peerId).slice(0, 4)} ${values.join(' ')}`
  if (pattern && new RegExp(pattern).test(line)) globalThis.console.log(line)
}

export default wrap
