/**
 * @module latica/proxy
 *
 * Kept for compatibility: every peer runs outside of the page, so there is nothing to put into a worker.
 */
import { Peer } from 'socket:internal/relay/peer'

/** The same as `Peer`. */
export class PeerWorkerProxy extends Peer {}

export default PeerWorkerProxy
