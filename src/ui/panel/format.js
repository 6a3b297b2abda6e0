/**
 * Values as the panel shows them: short, and of about the same width.
 */

/** Stands for none. */
export const NOTHING = '–'

/** How long the inspector takes at most to look. */
const LOOK_MS_MAX = 100

/**
 * A length of time in two or three digits.
 * @param {number} ms milliseconds
 * @return {string}
 */
export function duration (ms) {
  if (!(ms > 0)) return NOTHING
  if (ms < 0.0995) return `${Math.max(1, Math.round(ms * 1000))} µs`
  if (ms < 9.95) return `${ms.toFixed(1)} ms`
  if (ms < 999.5) return `${Math.round(ms)} ms`
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`
  if (ms < 3_570_000) return `${Math.round(ms / 60_000)} min`
  return `${(ms / 3_600_000).toFixed(1)} h`
}

/**
 * A count; a dash for none, so that what is there stands out.
 * @param {number} value
 * @return {string}
 */
export function count (value) {
  return value ? number(value) : NOTHING
}

/**
 * A count, none included.
 * @param {number} value
 * @return {string}
 */
export function number (value) {
  return value.toLocaleString('en')
}

/**
 * How often a second.
 * @param {number} value
 * @return {string}
 */
export function rate (value) {
  if (!(value > 0)) return NOTHING
  return value < 9.95 ? value.toFixed(1) : Math.round(value).toLocaleString('en')
}

/**
 * What an actor does now: the message in its handler, or the one that its oldest job works for.
 * @param {any} actor
 * @return {string}
 */
export function doing (actor) {
  if (actor.state !== 'running') return actor.state
  // Whoever asks the inspector always finds it answering.
  if (actor.kind === 'inspector' && actor.current === 'Look' && actor.current_ms < LOOK_MS_MAX) return NOTHING
  if (actor.current) return `${actor.current} ${duration(actor.current_ms)}`
  if (actor.jobs === 0 || !actor.job) return NOTHING
  const more = actor.jobs > 1 ? ` +${actor.jobs - 1}` : ''
  return `job ${actor.job}${more} ${duration(actor.job_ms)}`
}

/**
 * Losses by reason, as one line.
 * @param {Record<string, number>} losses
 * @return {string}
 */
export function reasons (losses) {
  return Object.entries(losses ?? {}).map(([reason, times]) => `${times} ${reason.replaceAll('_', ' ')}`).join(', ')
}

/**
 * The first digits of a cause, by which people tell causes apart.
 * @param {string} cause 32 digits
 * @return {string}
 */
export function shortCause (cause) {
  // Causes of one thread count up: their last digits differ, and the first do not.
  return !cause || /^0+$/.test(cause) ? NOTHING : cause.slice(-6)
}
