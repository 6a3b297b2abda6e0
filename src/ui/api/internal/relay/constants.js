/**
 * What the modules `latica` and `stream-relay` both export besides their classes.
 */

/** After how many milliseconds a ping is sent again. */
export const PING_RETRY = 500

/** For how many milliseconds probes are awaited. */
export const PROBE_WAIT = 512

/** How often a peer gives a sign of life, in milliseconds. */
export const DEFAULT_KEEP_ALIVE = 30_000

/** Kept for compatibility: nothing depends on it. */
export const DEFAULT_RATE_LIMIT_THRESHOLD = 8_000

const PORT_MIN = 1024
const PORT_COUNT = 65_536 - PORT_MIN
const MINUTE_MS = 60_000

/**
 * A random port that was not given before.
 * @param {Set<number>} [ports] those that were
 * @return {number}
 */
export function getRandomPort (ports = new Set()) {
  let port
  do {
    const [number] = globalThis.crypto.getRandomValues(new Uint32Array(1))
    port = PORT_MIN + number % PORT_COUNT
  } while (ports.has(port) && ports.size < PORT_COUNT)
  ports.add(port)
  return port
}

/**
 * Counts a packet against the quota of its sender for this minute. The relay has limits of its own, see
 * ARCHITECTURE.md; this is for apps that count themselves.
 * @param {Map<string, { time: number, used: number, quota: number, mtime: number }>} rates
 * @param {number} type
 * @param {number} port
 * @param {string} address
 * @param {number} [quota] by default 512 for joins and publishes, 4096 for the others
 * @return {boolean} whether it is one too many
 */
export function rateLimit (rates, type, port, address, quota) {
  const isSentOn = type === 4 || type === 5
  const key = `${isSentOn ? 'R' : 'C'}:${address}:${port}`
  const most = quota || (isSentOn ? 512 : 4096)
  const time = Math.floor(Date.now() / MINUTE_MS)
  const rate = rates.get(key) ?? { time, used: 0, quota: most }
  rates.set(key, rate)
  if (rate.time !== time) Object.assign(rate, { time, used: 0 })
  rate.mtime = Date.now()
  rate.used += 1
  return rate.used >= rate.quota
}
