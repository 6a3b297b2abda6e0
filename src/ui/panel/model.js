/**
 * What the panel knows, without how it looks: rates, what the filter leaves, what is queued by type.
 */

/** How many lines of an actor's recorder are shown. */
export const RECENT_MAX = 40

/** Columns by which rows can be sorted, with what they are sorted by. */
export const SORT_KEYS = {
  name: (row) => row.name,
  kind: (row) => row.kind,
  depth: (row) => -row.depth,
  oldest: (row) => -row.oldest_ms,
  now: (row) => -Math.max(row.current_ms, row.job_ms),
  rate: (row) => -row.rate,
  restarts: (row) => -row.restarts,
  lost: (row) => -row.lost
}

/**
 * Adds to each actor of a snapshot how many messages it handles a second.
 * @param {any} snapshot
 * @param {any} [before] an earlier one of the same app
 * @return {any[]}
 */
export function withRates (snapshot, before) {
  const seconds = (snapshot.app.uptime_ms - (before?.app.uptime_ms ?? 0)) / 1000
  const known = new Map((before?.actors ?? []).map((actor) => [actor.name, actor.handled]))
  return snapshot.actors.map((actor) => {
    const handled = actor.handled - (known.get(actor.name) ?? actor.handled)
    return { ...actor, rate: before && seconds > 0 ? Math.max(0, handled) / seconds : 0 }
  })
}

/**
 * The rows that fit a filter, in order; each word must be in the name, the kind or what it does.
 * @param {any[]} rows
 * @param {string} filter
 * @param {keyof typeof SORT_KEYS} sort
 * @return {any[]}
 */
export function visible (rows, filter, sort) {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean)
  const text = (row) => [row.name, row.kind, row.lane, row.state, row.current, row.job].join(' ').toLowerCase()
  const fitting = rows.filter((row) => words.every((word) => text(row).includes(word)))
  const key = SORT_KEYS[sort] ?? SORT_KEYS.name
  return fitting.sort((a, b) => compare(key(a), key(b)) || compare(a.name, b.name))
}

/**
 * What is queued, by type: how many, how old the oldest is, and from whom they come.
 * @param {{ messages: any[] }|null} queue
 * @return {{ message: string, count: number, oldest_ms: number, senders: string[] }[]}
 */
export function byType (queue) {
  const types = new Map()
  for (const { message, age_ms: age, sender } of queue?.messages ?? []) {
    const type = types.get(message) ?? { message, count: 0, oldest_ms: 0, senders: [] }
    type.count += 1
    type.oldest_ms = Math.max(type.oldest_ms, age)
    const from = sender ?? 'outside'
    if (!type.senders.includes(from)) type.senders.push(from)
    types.set(message, type)
  }
  return [...types.values()].sort((a, b) => b.oldest_ms - a.oldest_ms)
}

/**
 * The last lines of a recorder, the newest first, with how long each waited and took.
 * @param {any[]} recorder
 * @return {any[]}
 */
export function recent (recorder) {
  return recorder.slice(-RECENT_MAX).reverse().map((entry) => ({
    ...entry,
    wait_ms: Math.max(0, entry.began_us - entry.sent_us) / 1000,
    took_ms: Math.max(0, entry.ended_us - entry.began_us) / 1000
  }))
}

function compare (a, b) {
  if (typeof a === 'string') return a.localeCompare(b, 'en', { numeric: true })
  return a - b
}
