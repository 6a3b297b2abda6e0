/**
 * @module stream-relay/encryption
 *
 * The same as `socket:latica/encryption`, but the id of a cluster is not hashed.
 */
declare module 'socket:stream-relay/encryption' {
  import { Encryption as Base } from 'socket:latica/encryption'

  /** Makes keys and ids; an instance keeps key pairs to open messages with. */
  export class Encryption extends Base {}
  export default Encryption
}
