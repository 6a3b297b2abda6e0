/**
 * @module latica/nat
 *
 * What kinds of NAT there are, and which of two peers has to call.
 */
declare module 'socket:latica/nat' {
  /** Every destination sees the same address and port. */
  export const MAPPING_ENDPOINT_INDEPENDENT: 3
  /** Every destination sees another port. */
  export const MAPPING_ENDPOINT_DEPENDENT: 1
  /** Everybody is let in. */
  export const FIREWALL_ALLOW_ANY: 28
  /** Let in are the addresses that were sent to, from any of their ports. */
  export const FIREWALL_ALLOW_KNOWN_IP: 12
  /** Let in are the addresses that were sent to, from the very port. */
  export const FIREWALL_ALLOW_KNOWN_IP_AND_PORT: 4
  /** Nothing is known yet. */
  export const UNKNOWN: 0
  /** Reachable by everybody. */
  export const UNRESTRICTED: 31
  /** Reachable by addresses that were sent to. */
  export const ADDR_RESTRICTED: 15
  /** Reachable by addresses and ports that were sent to. */
  export const PORT_RESTRICTED: 7
  /** Reachable by answers only: each destination has a port of its own. */
  export const ENDPOINT_RESTRICTED: 5
  /** Wait for the other to call. */
  export const STRATEGY_DEFER: 0
  /** Call. */
  export const STRATEGY_DIRECT_CONNECT: 1
  /** Open many ports for the other to find. */
  export const STRATEGY_TRAVERSAL_OPEN: 2
  /** Try many ports of the other. */
  export const STRATEGY_TRAVERSAL_CONNECT: 3
  /** Let a third peer pass everything on. */
  export const STRATEGY_PROXY: 4
  /** Whether the type says how ports are mapped. */
  export function isEndpointDependenceDefined (nat: number): boolean
  /** Whether the type says what the firewall lets in. */
  export function isFirewallDefined (nat: number): boolean
  /** Whether the type says both. */
  export function isValid (nat: number): boolean
  /** The name of a type, `UNKNOWN` if it has none. */
  export function toString (nat: number): string
  /** The type of a name, `UNKNOWN` if there is none. */
  export function fromString (name: string): number
  /** The name of a strategy. */
  export function toStringStrategy (strategy: number): string
  /** What a peer behind `a` does to reach one behind `b`. */
  export function connectionStrategy (a: number, b: number): number
}
