/**
 * @module latica/api
 *
 * Opens a bus as `socket:network` does, with the ids of clusters hashed as `socket:latica` has them.
 */
declare module 'socket:latica/api' {
  import { Bus, NetworkOptions } from 'socket:network'

  /** Opens a bus. */
  export function api (options: NetworkOptions, events?: any, dgram?: any): Promise<Bus>
  export default api
}
