/**
 * @module peer
 *
 * The oldest interface to the peer-to-peer network, for apps that were written for it.
 */
declare module 'socket:peer' {
  import { Buffer } from 'socket:buffer'
  import { Encryption, Packet, Peer as Base, RemotePeer, sha256 } from 'socket:latica'

  export { Encryption, sha256 }

  /** A peer that shares a key pair with others. */
  export class Peer {
    /** A key pair. */
    static createKeys (): Promise<{ publicKey: Uint8Array, privateKey: Uint8Array }>
    /** The id of a cluster: 64 random hex digits. */
    static createClusterId (): Promise<string>
    constructor (options: { publicKey: Uint8Array | ArrayBuffer, privateKey: Uint8Array | ArrayBuffer, clusterId?: string, peerId?: string, peers?: object[] })
    /** The peer below, once there is one. */
    peer: Base | null
    readonly sharedKey: Buffer
    readonly peerId: string | undefined
    readonly peers: RemotePeer[]
    readonly address: string | null
    readonly port: number | null
    onPacket: ((packet: Packet, port: number, address: string) => void) | null
    onData: ((packet: Packet, port: number, address: string, data: any) => void) | null
    onConnection: ((packet: Packet, peer: RemotePeer, port: number, address: string) => void) | null
    onReady: ((info: any) => void) | null
    /** Starts, and takes part in the cluster of the options. */
    init (): Promise<this>
    /** The same as `init`. */
    join (): Promise<this>
    /** Publishes a message to everybody who has the key pair. */
    publish (options: { message: any, clusterId?: string | Uint8Array, usr1?: string | Uint8Array, previousId?: Uint8Array, ttl?: number }): Promise<Packet[]>
    /** Publishes a message under a name of at most 32 bytes. */
    emit (eventName: string, message: any): Promise<Packet[]>
    /** Adds a listener for messages of a name. */
    on (eventName: string, listener: (value: Buffer, address: string, port: number) => void): this
    off (eventName: string, listener: (...values: any[]) => void): this
    once (eventName: string, listener: (value: Buffer, address: string, port: number) => void): this
    /** Asks the network. */
    query (query: any): Promise<string>
    /** Detaches; the peer relays on in the background. */
    close (): Promise<void>
  }

  export default Peer
}
