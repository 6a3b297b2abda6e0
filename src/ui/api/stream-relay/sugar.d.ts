/**
 * @module stream-relay/sugar
 *
 * Makes the function that `socket:network` exports.
 */
declare module 'socket:stream-relay/sugar' {
  import { Bus, NetworkOptions } from 'socket:network'

  export default function sugar (dgram?: any, events?: any): (options: NetworkOptions) => Promise<Bus>
}
