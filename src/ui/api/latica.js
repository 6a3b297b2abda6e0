/**
 * @module latica
 *
 * The low-level interface to the peer-to-peer network: one peer, packets, and callbacks. Most apps want
 * `socket:network`.
 *
 * ```js
 * import { Peer, Encryption } from 'socket:latica'
 *
 * const peer = new Peer({ peerId: await Encryption.createId(), clusterId: await Encryption.createClusterId('app') })
 * const sharedKey = await Encryption.createSharedKey('room')
 * peer.onReady = () => peer.join(sharedKey)
 * peer.onPacket = (packet) => console.log(peer.encryption.open(packet.message, packet.subclusterId.toString('base64')))
 * await peer.init()
 * ```
 */
import { Peer } from 'socket:internal/relay/peer'
import * as NAT from 'socket:latica/nat'

export {
  DEFAULT_KEEP_ALIVE, DEFAULT_RATE_LIMIT_THRESHOLD, PING_RETRY, PROBE_WAIT, getRandomPort, rateLimit
} from 'socket:internal/relay/constants'
export { RemotePeer } from 'socket:internal/relay/remote-peer'
export { Cache } from 'socket:latica/cache'
export { Encryption } from 'socket:latica/encryption'
export { Packet, sha256 } from 'socket:latica/packets'
export { NAT, Peer }

export default Peer
