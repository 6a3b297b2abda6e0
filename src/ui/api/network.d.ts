/**
 * @module network
 *
 * The peer-to-peer network: apps that talk to each other without a server.
 */
declare module 'socket:network' {
  import { Buffer } from 'socket:buffer'
  import { Cache, NAT, Packet, Peer, PeerOptions, RemotePeer, sha256 } from 'socket:latica'
  import { KeyPair } from 'socket:latica/encryption'
  import { Encryption } from 'socket:stream-relay/encryption'

  export { Cache, Encryption, NAT, Packet, sha256 }

  /** How a bus is opened. */
  export interface NetworkOptions extends PeerOptions {
    /** What events are signed with. */
    signingKeys?: KeyPair
    /** The key of a subcluster that the bus itself sends to and hears. */
    sharedKey?: Uint8Array
  }

  /** How an event is sent. */
  export interface EmitOptions {
    /** How long it is kept, in milliseconds; at most six hours. */
    ttl?: number
    /** The packet that it follows. */
    packet?: Packet
    nextId?: Uint8Array
    /** For messages that take several packets. */
    meta?: any
    clusterId?: Uint8Array
    sharedKey?: Uint8Array
  }

  /** A packet with what its message says. */
  export type Message = Packet & { value: Buffer }

  /** Sends and receives events of the network. */
  export class NetworkEmitter {
    /**
     * Adds a listener; it is called with the message and its packet, whose `verification` says what its signatures are
     * worth. Resolves once the peer knows the name, which nothing has to wait for.
     *
     * Names that begin with `#` are what happens here: `#ready`, `#connecting`, `#connection`, `#disconnection`, `#join`,
     * `#leave`, `#query`, `#answer`, `#sync`, `#error`, and `#gap` (see below).
     *
     * `order: 'arrival'` (the default) calls at once, whatever came before. `order: 'causal'`, on subclusters only,
     * never calls with a message before the one that it follows: the message waits, the missing one is asked for,
     * from the sender first and then from the network, five times within ten seconds. What nobody has is given up:
     * `#gap` is called with its id as hex digits, and what waited for it follows. Messages whose ids (hex digits) are
     * in `after` the listener has already, so nothing waits for them.
     *
     * A listener hears what comes from now on; `messages` has what came before.
     */
    on (name: '#gap', listener: (missingId: string) => void): Promise<void>
    on (name: string, listener: (value: any, packet: any, ...rest: any[]) => void, options?: { order?: 'arrival' | 'causal', after?: Iterable<string> }): Promise<void>
    addListener (name: string, listener: (value: any, packet: any, ...rest: any[]) => void, options?: { order?: 'arrival' | 'causal', after?: Iterable<string> }): Promise<void>
    once (name: string, listener: (value: any, packet: any, ...rest: any[]) => void): Promise<void>
    off (name: string, listener: (...values: any[]) => void): this
    removeListener (name: string, listener: (...values: any[]) => void): this
    /** How many listeners an event has. */
    listenerCount (name: string): number
    /** Removes every listener, or those of one event. */
    removeAllListeners (name?: string): this
    /** Sends an event. */
    emit (name: string, value: any, options?: EmitOptions): Promise<Packet[]>
  }

  /** A peer that takes part in a subcluster. */
  export class SubclusterPeer extends NetworkEmitter {
    readonly peerId: string
    address: string | null
    port: number
    natType: number
    _peer: RemotePeer
  }

  /** A subcluster: everybody who holds its shared key. */
  export class Subcluster extends NetworkEmitter {
    readonly peerId: string
    readonly subclusterId: Buffer
    readonly sharedKey: Uint8Array
    readonly derivedKeys: KeyPair
    /** The peers that take part, by id. */
    readonly peers: Map<string, SubclusterPeer>
    /** Sends an event to every peer that takes part and is connected now; nobody keeps it. */
    stream (name: string, value: any, options?: EmitOptions): Promise<Packet[]>
    /** Says again that we take part. */
    join (): Promise<void>
    /** Takes part no longer. */
    leave (): Promise<void>
    /** The message that a packet follows; `null` if it follows none or that is not here. */
    previous (packet: Packet | Uint8Array | string): Promise<Message | null>
    /** The messages that follow a packet, as far as they are here. */
    next (packet: Packet | Uint8Array | string): Promise<Message[]>
    /** A message that the cache holds. */
    get (packetId: Uint8Array | string): Promise<Message | null>
    /**
     * The messages of an event, or of all, that the cache holds, oldest first: also those that came while no page was
     * there, and one's own. `value` is the message, opened. Of the subcluster, the newest `count` (1,024) packets are
     * looked through. A message may come both
     * here and to a listener; `packetId` tells.
     */
    messages (name?: string, options?: { count?: number }): Promise<Message[]>
  }

  /** One peer in one cluster. */
  export class Bus extends NetworkEmitter {
    readonly peer: Peer
    readonly peerId: string
    readonly clusterId: Buffer
    readonly subclusters: Map<string, Subcluster>
    readonly MAX_CACHE_TTL: number
    /** Takes part in a subcluster. The same one for the same key. */
    subcluster (options: { sharedKey: Uint8Array, [key: string]: any }): Promise<Subcluster>
    /** Our address as others see it. */
    address (): { address: string | null, port: number | null, natType: string }
    /** Finds address and NAT type anew; comes back after `disconnect`. */
    reconnect (): Promise<void>
    /** Hears nothing any more, until `reconnect`; the peer relays on. */
    disconnect (): Promise<void>
    /** Detaches for good; the peer relays on. */
    close (): Promise<void>
    /** Ends the peer for every window of the app. */
    shutdown (): Promise<void>
    seal (message: Uint8Array | string, keys?: KeyPair | string): Buffer
    open (message: Uint8Array, keys?: KeyPair | string): Buffer
    sealMessage (message: Uint8Array | string, keys?: Uint8Array | { publicKey: Uint8Array }): Buffer
    openMessage (message: Uint8Array, keys?: KeyPair | string): Buffer
    sealUnsigned (message: Uint8Array | string, keys?: KeyPair | string): Buffer
    openUnsigned (message: Uint8Array, keys?: KeyPair | string): Buffer
    /** Asks the network; answers come as `#answer`. */
    query (query: any, options?: { first?: string }): Promise<string>
    /** Compares caches with a peer now. */
    sync (peer: RemotePeer | string): Promise<void>
    /** What `network` takes to come back as the same peer. */
    state (): any
    getState (): any
    getInfo (): Promise<any>
    getMetrics (): Promise<{ i: any, o: any }>
    addIndexedPeer (peer: { peerId: string, address: string, port: number }): void
    /** Throws: raw datagrams cannot be sent from a page. */
    send (...values: any[]): never
    /** How many packets the peer's cache holds. */
    cacheSize (): number
    /** How many bytes they have. */
    cacheBytes (): number
  }

  /** Opens a bus: one peer in one cluster. Pages may have several, also to the same peer. */
  export function network (options: NetworkOptions): Promise<Bus>
  export default network
}
