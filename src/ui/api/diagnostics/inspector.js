/**
 * @module diagnostics/inspector
 *
 * What the app's actors do, as `runtime inspect` shows it. Looking changes nothing.
 *
 * Only where actors may be looked into: in debug builds, and where `socket.ini` says `[debug] inspector = read`.
 * Elsewhere each of these rejects with the code `ERR_INSPECTOR_OFF`.
 */
import { calls, currentCause } from 'socket:internal/cause'
import { call } from 'socket:internal/transport'
import registry from 'socket:diagnostics/channels'

/** The channel that is told of each call of this page or worker that has ended. */
export const CALLS = 'runtime.call'

// Held here: a channel that nobody holds is forgotten.
const channel = registry.channel(CALLS)
calls.watcher = (ended) => { if (channel.hasSubscribers) channel.publish(ended) }

/**
 * Every actor, and what is wrong: what `runtime inspect --json` prints.
 * @return {Promise<any>}
 */
export async function snapshot () {
  return ask('diagnostics.snapshot')
}

/**
 * What is wrong now, as the inspector found it within the last second.
 * @return {Promise<any[]>}
 */
export async function findings () {
  return (await ask('diagnostics.findings')).findings
}

/**
 * One actor in depth: what is queued by type and age, its last messages, latencies by type, the answers it awaits.
 * For the next minute, everything about it is noted.
 * @param {string} name
 * @return {Promise<any>}
 */
export async function actor (name) {
  await ask('diagnostics.lease', { actor: name })
  const detail = await ask('diagnostics.actor', { actor: name })
  return { ...detail, types: byType(detail.queue) }
}

/**
 * What a call made now would go back to, or `null` if it would begin a chain of its own.
 * @return {string|null} 32 hexadecimal digits
 */
export function cause () {
  return currentCause()
}

/** What is queued, by type: how many, and the age of the oldest and the newest in milliseconds. */
function byType (queue) {
  const types = {}
  for (const { message, age_ms: age } of queue?.messages ?? []) {
    const type = types[message] ??= { count: 0, oldest_ms: age, newest_ms: age }
    type.count += 1
    type.oldest_ms = Math.max(type.oldest_ms, age)
    type.newest_ms = Math.min(type.newest_ms, age)
  }
  return types
}

async function ask (command, params) {
  const { err, data } = await call(command, params)
  if (err) throw err
  return data
}

export default { actor, cause, findings, snapshot }
