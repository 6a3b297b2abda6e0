/**
 * The configuration of a `Peer`, checked, and as the native side takes it.
 */
import { toBytes } from 'socket:internal/relay/bytes'
import { invalidArgType, invalidArgValue } from 'socket:internal/node-errors'

const PEER_ID = /^([0-9a-f]{2}){32}$/i

/**
 * Whether a text is the id of a peer: 64 hex digits.
 * @param {unknown} id
 * @return {boolean}
 */
export function isPeerId (id) {
  return typeof id === 'string' && PEER_ID.test(id)
}

/**
 * Refuses a configuration that makes no peer.
 * @param {{ peerId?: string, clusterId?: Uint8Array, indexed?: boolean }} config
 */
export function check (config) {
  if (config.peerId !== undefined && !isPeerId(config.peerId)) {
    throw invalidArgValue('peerId', config.peerId, 'must be 64 hex digits')
  }
  if (!config.indexed && !config.clusterId) {
    throw invalidArgType('clusterId', 'of type string or an instance of Buffer', config.clusterId)
  }
  if (config.clusterId && toBytes(config.clusterId, 'clusterId').length > 32) {
    throw invalidArgValue('clusterId', config.clusterId, 'must be at most 32 bytes')
  }
}

/**
 * The arguments of `relay.open`.
 * @param {import('socket:internal/relay/peer').Peer} peer
 * @return {object}
 */
export function toOptions ({ config, clusterId, indexed, peers }) {
  const { peerId, port, probeInternalPort, address, keepalive, seed, cacheBytes, state } = config
  const isReachable = indexed && address && port
  return {
    peerId: peerId?.toLowerCase(),
    seed,
    cluster: clusterId?.toString('hex'),
    indexed: indexed || undefined,
    port: port ?? undefined,
    probePort: probeInternalPort,
    public: isReachable ? { address, port } : undefined,
    bootstraps: config.peers && peers.map(({ peerId, address, port, indexed = false }) => ({ peerId, address, port, indexed })),
    keepalive,
    cacheBytes,
    state
  }
}
