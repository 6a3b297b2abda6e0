/**
 * @module latica/proxy
 *
 * Kept for compatibility: every peer runs outside of the page.
 */
declare module 'socket:latica/proxy' {
  import { Peer } from 'socket:latica'

  /** The same as `Peer`. */
  export class PeerWorkerProxy extends Peer {}
  export default PeerWorkerProxy
}
