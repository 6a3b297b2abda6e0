/**
 * @module latica/nat
 *
 * What kinds of NAT there are, and which of two peers has to call.
 *
 * A type is a set of bits: 1 says that the mapping is known and 2 that it is the same for every
 * destination; 4 says that the firewall is known, 8 that it lets in any port of an address that was
 * sent to, and 16 that it lets in everybody.
 */

/** Every destination sees the same address and port. */
export const MAPPING_ENDPOINT_INDEPENDENT = 0b00011

/** Every destination sees another port. */
export const MAPPING_ENDPOINT_DEPENDENT = 0b00001

/** Everybody is let in. */
export const FIREWALL_ALLOW_ANY = 0b11100

/** Let in are the addresses that were sent to, from any of their ports. */
export const FIREWALL_ALLOW_KNOWN_IP = 0b01100

/** Let in are the addresses that were sent to, from the very port. */
export const FIREWALL_ALLOW_KNOWN_IP_AND_PORT = 0b00100

/** Nothing is known yet. */
export const UNKNOWN = 0

/** Reachable by everybody. */
export const UNRESTRICTED = FIREWALL_ALLOW_ANY | MAPPING_ENDPOINT_INDEPENDENT

/** Reachable by addresses that were sent to. */
export const ADDR_RESTRICTED = FIREWALL_ALLOW_KNOWN_IP | MAPPING_ENDPOINT_INDEPENDENT

/** Reachable by addresses and ports that were sent to. */
export const PORT_RESTRICTED = FIREWALL_ALLOW_KNOWN_IP_AND_PORT | MAPPING_ENDPOINT_INDEPENDENT

/** Reachable by answers only: each destination has a port of its own. */
export const ENDPOINT_RESTRICTED = FIREWALL_ALLOW_KNOWN_IP_AND_PORT | MAPPING_ENDPOINT_DEPENDENT

/** Wait for the other to call. */
export const STRATEGY_DEFER = 0

/** Call. */
export const STRATEGY_DIRECT_CONNECT = 1

/** Open many ports for the other to find. */
export const STRATEGY_TRAVERSAL_OPEN = 2

/** Try many ports of the other. */
export const STRATEGY_TRAVERSAL_CONNECT = 3

/** Let a third peer pass everything on. */
export const STRATEGY_PROXY = 4

const NAMES = new Map([
  [UNRESTRICTED, 'UNRESTRICTED'],
  [ADDR_RESTRICTED, 'ADDR_RESTRICTED'],
  [PORT_RESTRICTED, 'PORT_RESTRICTED'],
  [ENDPOINT_RESTRICTED, 'ENDPOINT_RESTRICTED']
])

const STRATEGY_NAMES = [
  'STRATEGY_DEFER', 'STRATEGY_DIRECT_CONNECT', 'STRATEGY_TRAVERSAL_OPEN',
  'STRATEGY_TRAVERSAL_CONNECT', 'STRATEGY_PROXY'
]

/**
 * Whether the type says how ports are mapped.
 * @param {number} nat
 * @return {boolean}
 */
export const isEndpointDependenceDefined = (nat) => (nat & 0b00001) !== 0

/**
 * Whether the type says what the firewall lets in.
 * @param {number} nat
 * @return {boolean}
 */
export const isFirewallDefined = (nat) => (nat & 0b00100) !== 0

/**
 * Whether the type says both.
 * @param {number} nat
 * @return {boolean}
 */
export const isValid = (nat) => isEndpointDependenceDefined(nat) && isFirewallDefined(nat)

/**
 * The name of a type, `UNKNOWN` if it has none.
 * @param {number} nat
 * @return {string}
 */
export const toString = (nat) => NAMES.get(nat) ?? 'UNKNOWN'

/**
 * The type of a name.
 * @param {string} name
 * @return {number} `UNKNOWN` if there is none of that name
 */
export const fromString = (name) => [...NAMES].find(([, each]) => each === name)?.[0] ?? UNKNOWN

/**
 * The name of a strategy.
 * @param {number} strategy
 * @return {string}
 */
export const toStringStrategy = (strategy) => STRATEGY_NAMES[strategy] ?? 'STRATEGY_UNKNOWN'

/**
 * What a peer behind `a` does to reach one behind `b`.
 * @param {number} a its own type
 * @param {number} b the other's type
 * @return {number} one of the `STRATEGY_…` numbers
 */
export const connectionStrategy = (a, b) => {
  if (b === UNRESTRICTED) return STRATEGY_DIRECT_CONNECT
  if (!NAMES.has(a) || !NAMES.has(b)) return STRATEGY_PROXY
  if (a === UNRESTRICTED) return STRATEGY_DEFER
  if (a === ENDPOINT_RESTRICTED && b === ENDPOINT_RESTRICTED) return STRATEGY_PROXY
  if (a === ENDPOINT_RESTRICTED && b === PORT_RESTRICTED) return STRATEGY_TRAVERSAL_CONNECT
  if (a === PORT_RESTRICTED && b === ENDPOINT_RESTRICTED) return STRATEGY_TRAVERSAL_OPEN
  return STRATEGY_DIRECT_CONNECT
}
