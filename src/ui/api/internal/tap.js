/**
 * Lines of TAP 13.
 */
import { inspect } from 'socket:internal/util/inspect'

const LINE_MAX = 65

/**
 * The line of one assertion.
 * @param {boolean} isPassed
 * @param {string|number} id
 * @param {string} description
 * @return {string}
 */
export function assertionLine (isPassed, id, description) {
  return `${isPassed ? 'ok' : 'not ok'} ${id} ${String(description).replaceAll('#', '\\#').replace(/\s*\n\s*/g, ' ')}`
}

/**
 * The YAML block under a failed assertion.
 * @param {{ operator: string, actual: unknown, expected: unknown, error: Error }} failure
 * @return {string[]}
 */
export function failureLines ({ operator, actual, expected, error }) {
  const frames = stackLines(actual instanceof Error ? actual : error)
  const values = [['expected', show(expected)], ['actual', show(actual)]]
  const isLong = values.some(([, text]) => text.length > LINE_MAX || text.includes('\n'))
  const lines = ['  ---', `    operator: ${operator}`]
  for (const [name, text] of values) {
    if (isLong) lines.push(`    ${name}: |-`, ...text.split('\n').map((line) => `      ${line}`))
    else lines.push(`    ${`${name}:`.padEnd(10)}${text}`)
  }
  const at = frames.find((line) => !/socket:(test|internal)|api\/(test|internal)/.test(line))
  if (at) lines.push(`    at:       ${at}`)
  lines.push('    stack:    |-', ...frames.map((line) => `      ${line}`), '  ...')
  return lines
}

function show (value) {
  if (value instanceof Error) return `${value.name}: ${value.message}`
  return inspect(value, { depth: 6, maxArrayLength: 1000 })
}

/** The frames of an error, as both engines write them. */
function stackLines (error) {
  return String(error?.stack ?? '').split('\n')
    .filter((line) => line.includes('@') || /^\s*at\s/.test(line))
    .map((line) => line.trim().replace(/^at\s+/, '').replace(/^(.*?)@(.*)$/, (_, name, place) => name ? `${name} (${place})` : place))
}
