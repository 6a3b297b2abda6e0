/**
 * Asks the host, which asks the inspector. What it can ask for changes nothing.
 */

/** How often a lease is renewed; it lasts a minute. */
const LEASE_MS = 20_000

const leases = new Map()

/**
 * Looks at something; see `Request` in `src/messages/inspector/request.rs`.
 * @param {object} request
 * @return {Promise<any>}
 */
export async function look (request) {
  const params = encodeURIComponent(JSON.stringify(request))
  const response = await fetch(`/look?params=${params}`, { method: 'POST', cache: 'no-store' })
  const answer = await response.json()
  if (!response.ok) throw new Error(answer.err?.message ?? `status ${response.status}`)
  return answer
}

/**
 * Looks at one actor in depth, and has everything about it noted while it is looked at.
 * @param {string} actor
 * @return {Promise<any>}
 */
export async function lookCloser (actor) {
  const now = performance.now()
  if (!(now - leases.get(actor) < LEASE_MS)) {
    await look({ request: 'lease', actor })
    leases.clear()
    leases.set(actor, now)
  }
  return look({ request: 'actor', actor })
}

/** Has the host close the panel. */
export function close () {
  fetch('/close', { method: 'POST' })
}
