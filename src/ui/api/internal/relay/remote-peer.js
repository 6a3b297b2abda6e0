/**
 * A peer as this one knows it.
 */
import { toBytes } from 'socket:internal/relay/bytes'
import { isValid, fromString, UNRESTRICTED } from 'socket:latica/nat'

/** A peer that is known or connected. In the configuration of a peer, one that it asks first. */
export class RemotePeer {
  peerId = null
  address = null
  port = 0
  natType = null
  clusters = {}
  pingId = null
  distance = 0
  connected = false
  opening = 0
  probed = 0
  proxy = null
  clock = 0
  uptime = 0
  lastUpdate = 0
  lastRequest = 0
  localPeer = null

  /**
   * @param {{ peerId: string, address?: string, port?: number, natType?: number, indexed?: boolean,
   *   clusterId?: Uint8Array, subclusterId?: Uint8Array }} options
   * @param {object} [localPeer] whose it is
   */
  constructor (options, localPeer = null) {
    if (!options?.peerId) throw new TypeError('expected .peerId')
    const natType = options.indexed ? UNRESTRICTED : options.natType
    if (natType && !isValid(natType)) throw new TypeError(`invalid .natType (${natType})`)
    this.localPeer = localPeer
    this.clusters = {}
    Object.assign(this, options)
    if (natType) this.natType = natType
    if (options.clusterId && options.subclusterId) this.enter(options.clusterId, options.subclusterId)
  }

  /**
   * Sends a message to this peer alone.
   * @param {Uint8Array} sharedKey of a subcluster that both take part in
   * @param {{ message: Uint8Array }} args as `Peer.publish` takes them; they stay as they are
   * @return {Promise<object[]>} the packets
   */
  async write (sharedKey, args) {
    return this.localPeer.stream(this.peerId, sharedKey, args)
  }

  /**
   * Notes that it takes part in a subcluster.
   * @param {Uint8Array} cluster
   * @param {Uint8Array} subcluster
   */
  enter (cluster, subcluster) {
    const id = toBytes(cluster, 'clusterId').toString('base64')
    this.clusters[id] ??= {}
    this.clusters[id][toBytes(subcluster, 'subclusterId').toString('base64')] ??= {}
  }

  /**
   * Takes over what a line says about it.
   * @param {{ address?: string, port?: number, nat?: string, indexed?: boolean, via?: string, proxy?: string, key?: string }} line
   */
  update ({ address, port, nat, indexed, via, proxy, key }) {
    if (address) this.address = address
    if (port) this.port = port
    if (nat) this.natType = fromString(nat)
    if (indexed !== undefined) this.indexed = indexed
    if (key !== undefined) this.publicKey = key
    if (via !== undefined) this.via = via
    if (via !== undefined || proxy !== undefined) {
      this.proxy = proxy ? this.localPeer?.getPeer(proxy) ?? { peerId: proxy } : null
    }
    this.lastUpdate = Date.now()
  }
}

export default RemotePeer
