/**
 * @module network
 *
 * The peer-to-peer network: apps that talk to each other without a server.
 *
 * ```js
 * import { network, Encryption } from 'socket:network'
 *
 * const clusterId = await Encryption.createClusterId('com.example.app')
 * const sharedKey = await Encryption.createSharedKey('the secret of the room')
 * const peerId = await Encryption.createId()           // keep it
 * const signingKeys = await Encryption.createKeyPair() // and these
 *
 * const socket = await network({ peerId, clusterId, signingKeys })
 * const cats = await socket.subcluster({ sharedKey })
 *
 * cats.on('mew', (value, packet) => console.log(JSON.parse(value), packet.verified))
 * cats.on('#join', (peer) => peer.emit('mew', { to: 'you alone' }))
 * await cats.emit('mew', { food: true })
 * ```
 *
 * The app runs the peer, not the page: it relays on in the background, whatever the page does. What came
 * while no page was there is in `cats.messages('mew')`. `cats.on('mew', listener, { order: 'causal' })` gets no
 * message before the one that it follows, and asks for what is missing; `cats.previous(packet)` and
 * `cats.next(packet)` walk along, and `cats.emit('mew', value, { packet })` follows one.
 *
 * `packet.verification` says what a message's signatures are worth: `full` covers all of it, `legacy` is what
 * older apps sign, which leaves the first 64 bytes out, and `no` is none. `packet.verified` is true for the
 * first two, and `packet.usr2` is the key that signed.
 */
import sugar from 'socket:stream-relay/sugar'

export { Cache, Encryption, NAT, Packet, sha256 } from 'socket:stream-relay'

/**
 * Opens a bus: one peer in one cluster. Pages may have several, also to the same peer.
 * @param {{ peerId?: string, clusterId: string|Uint8Array, signingKeys: { publicKey: Uint8Array, privateKey: Uint8Array },
 *   sharedKey?: Uint8Array, peers?: object[], port?: number, indexed?: boolean, keepalive?: number }} options without a
 *   `peerId`, every bus of the app speaks for the same peer; without `peers`, `[peer] bootstrap` in `socket.ini` counts
 * @return {Promise<any>}
 */
export const network = sugar()

export default network
