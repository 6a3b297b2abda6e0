/**
 * @module latica
 *
 * The low-level interface to the peer-to-peer network: one peer, packets, and callbacks.
 */
declare module 'socket:latica' {
  import { Buffer } from 'socket:buffer'
  import { Cache } from 'socket:latica/cache'
  import { Encryption } from 'socket:latica/encryption'
  import { Packet, sha256 } from 'socket:latica/packets'
  import * as NAT from 'socket:latica/nat'

  export { Cache, Encryption, NAT, Packet, sha256 }

  /** After how many milliseconds a ping is sent again. */
  export const PING_RETRY: number
  /** For how many milliseconds probes are awaited. */
  export const PROBE_WAIT: number
  /** How often a peer gives a sign of life, in milliseconds. */
  export const DEFAULT_KEEP_ALIVE: number
  /** Kept for compatibility: nothing depends on it. */
  export const DEFAULT_RATE_LIMIT_THRESHOLD: number
  /** A random port that was not given before. */
  export function getRandomPort (ports?: Set<number>): number
  /** Counts a packet against the quota of its sender for this minute; true if it is one too many. */
  export function rateLimit (rates: Map<string, any>, type: number, port: number, address: string, quota?: number): boolean

  /** How a peer is configured. */
  export interface PeerOptions {
    /** 64 hex digits; without one, the app's own peer. */
    peerId?: string
    /** At most 32 bytes; only an indexed peer can do without. */
    clusterId?: Uint8Array | string
    /** Whether everybody can reach it, and it helps others to find each other. */
    indexed?: boolean
    /** An indexed peer's address as others see it. */
    address?: string
    port?: number
    probeInternalPort?: number
    natType?: number
    /** In milliseconds. */
    keepalive?: number
    /** Whom it asks first; `[peer] bootstrap` of `socket.ini` if absent. */
    peers?: Array<RemotePeer | { peerId: string, address: string, port: number, indexed?: boolean }>
    /** 64 hex digits: the seed of the key that its pongs are signed with. */
    seed?: string
    /** Bytes that its cache may hold. */
    cacheBytes?: number
    /** Whether its cache is kept on disk. */
    state?: boolean
    [key: string]: any
  }

  /** What is published. */
  export interface Publication {
    message: Uint8Array
    clusterId?: Uint8Array
    usr1?: Uint8Array
    usr2?: Uint8Array
    sig?: Uint8Array
    /** In milliseconds. */
    ttl?: number
    /** The packet that it follows. */
    packet?: Packet
    nextId?: Uint8Array
    meta?: any
  }

  /** A peer that is known or connected. */
  export class RemotePeer {
    constructor (options: { peerId: string, address?: string, port?: number, natType?: number, indexed?: boolean }, localPeer?: Peer)
    peerId: string
    address: string | null
    port: number
    natType: number | null
    indexed?: boolean
    connected: boolean
    proxy: RemotePeer | { peerId: string } | null
    clusters: Record<string, Record<string, any>>
    lastUpdate: number
    localPeer: Peer | null
    /** Sends a message to this peer alone. */
    write (sharedKey: Uint8Array, args: Publication): Promise<Packet[]>
  }

  /** A peer of the network, as this page sees it. The app runs it, and it relays on when the page is gone. */
  export class Peer {
    static Encryption: typeof Encryption
    static isValidPeerId (id: unknown): boolean
    static onLine (): boolean
    static create (options: PeerOptions): Promise<Peer>
    constructor (options: PeerOptions | { config: PeerOptions, data?: Array<[string, Packet]>, unpublished?: object }, dgram?: any)
    peerId: string
    clusterId: Buffer | undefined
    indexed: boolean
    address: string | null
    port: number | null
    natType: number
    peers: RemotePeer[]
    clusters: Record<string, Record<string, any>>
    clock: number
    encryption: Encryption
    /** What this page has seen of the cache. */
    cache: Cache
    config: PeerOptions
    isListening: boolean
    isReady: boolean
    closing: boolean
    onListening?: () => void
    onReady?: (info: any) => void
    onNat?: (natType: number) => void
    onConnecting?: (state: { code: number, status: string }) => void
    onConnection?: (packet: Packet, peer: RemotePeer, port: number, address: string) => void
    onDisconnection?: (peer: RemotePeer) => void
    onDisconnect?: (peer: RemotePeer) => void
    onJoin?: (packet: Packet, peer: RemotePeer, port: number, address: string) => void
    onPacket?: (packet: Packet, port: number, address: string, isOwn?: boolean) => void
    onStream?: (packet: Packet, peer: RemotePeer, port: number, address: string) => void
    onData?: (packet: Packet, port: number, address: string, data: any) => void
    /** What it returns is the answer. */
    onQuery?: (question: any, packet: Packet, port: number, address: string) => any
    onAnswer?: (message: Buffer, packet: Packet, port: number, address: string) => void
    onSyncStart?: (peer: RemotePeer, port: number, address: string) => void
    onSync?: (packet: Packet, port: number, address: string, result: { peerId: string, packets: number }) => void
    onSyncEnd?: (packet: Packet, port: number, address: string) => void
    onLimit?: (packet: null, port: number, address: string) => void
    onState?: (state: any) => void
    onWarn?: (error: Error) => void
    onError?: (error: Error) => void
    onClose?: () => void
    /** These are never called, since datagrams stay outside of the page; setting one warns, once. */
    firewall?: ((...values: any[]) => any) | null
    onSend?: ((...values: any[]) => any) | null
    onMulticast?: ((...values: any[]) => any) | null
    onProbe?: ((...values: any[]) => any) | null
    onFirewall?: ((...values: any[]) => any) | null
    onIntro?: ((...values: any[]) => any) | null
    onInterval?: ((...values: any[]) => any) | null
    onInsert?: ((...values: any[]) => any) | null
    onEjected?: ((...values: any[]) => any) | null
    onDelete?: ((...values: any[]) => any) | null
    /** Opens the peer, or attaches to it. */
    init (onReady?: (info: any) => void): Promise<void>
    /** Takes part in a subcluster. */
    join (sharedKey: Uint8Array, args?: { clusterId?: Uint8Array }): Promise<void>
    /** Takes part in a subcluster no longer. */
    leave (subclusterId: Uint8Array): Promise<void>
    /** Publishes a message to a subcluster; resolves to its packets once they are kept. */
    publish (sharedKey: Uint8Array, args: Publication): Promise<Packet[]>
    /** Sends a message to one peer. */
    stream (peerId: string, sharedKey: Uint8Array, args: Publication): Promise<Packet[]>
    /** Compares caches with a peer now. */
    sync (peer: RemotePeer | string): Promise<void>
    /** Asks the network; resolves to the id of the question. */
    query (query: any, options?: { first?: string }): Promise<string>
    /** Answers a question. */
    answer (query: string, message: any): Promise<void>
    /** A packet and the ids next to it; `null` if the cache does not have it. */
    walk (packetId: Uint8Array | string): Promise<{ packet: any, previous: string | null, next: string[] } | null>
    /** What the cache holds, oldest first. */
    list (subclusterId?: Uint8Array, countMax?: number): Promise<any[]>
    /** Puts packets on the network that are sealed already; resolves to how many were new. */
    inject (...packets: Packet[]): Promise<number>
    mcast (packet: Packet): Promise<void>
    /** Finds address and NAT type anew. */
    requestReflection (): Promise<void>
    reconnect (): Promise<void>
    disconnect (): Promise<void>
    /** Detaches; the peer relays on. */
    close (): Promise<void>
    /** Ends the peer, for every window of the app. */
    shutdown (): Promise<void>
    addIndexedPeer (peer: { peerId: string, address: string, port: number }): void
    /** Throws: raw datagrams cannot be sent from a page. */
    send (...values: any[]): never
    getInfo (): Promise<{ address: string | null, port: number | null, clock: number, uptime: number, natType: number, natName: string, peerId: string }>
    getReport (): Promise<any>
    getReportSync (): any
    getMetrics (): Promise<{ i: any, o: any }>
    getState (): { config: PeerOptions, data: Array<[string, Packet]>, unpublished: object }
    getPeers (): RemotePeer[]
    getPeer (id: string): RemotePeer | undefined
    seal (message: Uint8Array, keys: any): Buffer
    open (message: Uint8Array, keys: any): Buffer
    sealUnsigned (message: Uint8Array, keys: any): Buffer
    openUnsigned (message: Uint8Array, keys: any): Buffer
  }

  export default Peer
}
