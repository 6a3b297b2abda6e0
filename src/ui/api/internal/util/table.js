/**
 * Drawing tables of text.
 */
import { inspect } from 'socket:internal/util/inspect'

/**
 * Draws a table of a list or an object.
 * @param {unknown} data
 * @param {string[]} [columns] which properties to show
 * @return {string}
 */
export function table (data, columns) {
  if (data === null || typeof data !== 'object') return inspect(data)
  const entries = data instanceof Map
    ? Array.from(data, ([key, value]) => [inspect(key), value])
    : data instanceof Set ? Array.from(data, (value, index) => [String(index), value]) : Object.entries(data)
  const isRow = (value) => value !== null && typeof value === 'object'
  const names = columns ?? [...new Set(entries.flatMap(([, value]) => isRow(value) ? Object.keys(value) : []))]
  const hasValues = entries.some(([, value]) => !isRow(value))
  const head = ['(index)', ...names, ...(hasValues ? ['Values'] : [])]
  const rows = entries.map(([key, value]) => [
    key,
    ...names.map((name) => isRow(value) && Object.hasOwn(value, name) ? cell(value[name]) : ''),
    ...(hasValues ? [isRow(value) ? '' : cell(value)] : [])
  ])
  return draw(head, rows)
}

function cell (value) {
  return inspect(value, { depth: 0, breakLength: Infinity })
}

function draw (head, rows) {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column].length)) + 2)
  const rule = (left, middle, right) => left + widths.map((width) => '─'.repeat(width)).join(middle) + right
  const line = (row) => `│${row.map((text, column) => ` ${text}`.padEnd(widths[column])).join('│')}│`
  return [rule('┌', '┬', '┐'), line(head), rule('├', '┼', '┤'), ...rows.map(line), rule('└', '┴', '┘')].join('\n')
}
