/**
 * `format`: a template with placeholders, and values in them and behind them.
 */
import { inspect } from 'socket:internal/util/inspect'

/**
 * Fills the placeholders `%s %d %i %f %j %o %O %c` of a template and appends the other values.
 * @param {...unknown} all the template, if the first is a string, and values
 * @return {string}
 */
export function format (...all) {
  const [template, ...values] = all
  if (all.length === 0) return ''
  if (typeof template !== 'string') return [template, ...values].map((each) => plain(each)).join(' ')
  if (values.length === 0) return template
  let next = 0
  const filled = template.replace(/%([sdifjoOc%])/g, (placeholder, kind) => {
    if (kind === '%') return '%'
    if (next >= values.length) return placeholder
    return fill(kind, values[next++])
  })
  return [filled, ...values.slice(next).map((each) => plain(each))].join(' ')
}

/** A string as it is and anything else as `inspect` shows it. */
function plain (value) {
  return typeof value === 'string' ? value : inspect(value)
}

function fill (kind, value) {
  switch (kind) {
    case 's': return text(value)
    case 'd': return number(value, Number)
    case 'i': return number(value, (each) => parseInt(each, 10))
    case 'f': return typeof value === 'symbol' ? 'NaN' : signed(parseFloat(value))
    case 'j': return json(value)
    case 'o': return inspect(value, { showHidden: true, depth: 4 })
    case 'O': return inspect(value)
    default: return ''
  }
}

function text (value) {
  if (typeof value === 'number') return signed(value)
  if (typeof value === 'bigint') return `${value}n`
  if (value === null || typeof value !== 'object') return typeof value === 'function' ? functionText(value) : String(value)
  const hasOwnText = value.toString !== Object.prototype.toString && value.toString !== Error.prototype.toString && !Array.isArray(value)
  const isBuiltIn = value instanceof Date || value instanceof Map || value instanceof Set || value instanceof RegExp
  if (value instanceof Error) return String(value)
  if (hasOwnText && !isBuiltIn && typeof value.toString === 'function' && !ArrayBuffer.isView(value)) return String(value)
  return inspect(value, { depth: 0, compact: 3 })
}

function functionText (value) {
  return Object.hasOwn(value, 'toString') ? String(value) : Function.prototype.toString.call(value)
}

function number (value, convert) {
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value === 'symbol' || (value !== null && typeof value === 'object')) {
    return typeof value === 'symbol' ? 'NaN' : signed(convert(value))
  }
  return signed(convert(value))
}

function signed (value) {
  return Object.is(value, -0) ? '-0' : String(value)
}

function json (value) {
  try {
    return JSON.stringify(value)
  } catch (error) {
    if (/circular|cyclic/i.test(error.message)) return '[Circular]'
    throw error
  }
}
