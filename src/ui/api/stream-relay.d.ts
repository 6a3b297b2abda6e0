/**
 * @module stream-relay
 *
 * The low-level interface to the peer-to-peer network as version 0.5.4 of Socket Runtime has it.
 */
declare module 'socket:stream-relay' {
  import { Peer as Base } from 'socket:latica'
  export { Encryption } from 'socket:stream-relay/encryption'
  export {
    Cache, DEFAULT_KEEP_ALIVE, DEFAULT_RATE_LIMIT_THRESHOLD, NAT, PING_RETRY, PROBE_WAIT, Packet, RemotePeer, getRandomPort, rateLimit, sha256
  } from 'socket:latica'

  /** A peer of the network, as this page sees it. */
  export class Peer extends Base {}
  /** The class of peers. */
  export function wrap (dgram?: any): typeof Peer
  /** Prints a line about a peer if the environment variable `DEBUG` is a pattern that fits it. */
  export function debug (peerId: string, ...values: any[]): void
  export default wrap
}
