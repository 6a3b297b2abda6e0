/**
 * Showing values to people, in the way that Node does.
 */
import { isArgumentsObject, isBoxedPrimitive, isDate, isMap, isPromise, isRegExp, isSet, isTypedArray } from 'socket:internal/util/types'

const CUSTOM = [Symbol.for('nodejs.util.inspect.custom'), Symbol.for('socket.util.inspect.custom')]
const IGNORE = Symbol.for('socket.util.inspect.ignore')
const IDENTIFIER = /^[a-zA-Z_$][a-zA-Z_$0-9]*$/
const GROUP_FROM = 7
const NESTED_LINES_MAX = 3
const MARKUP_LENGTH_MAX = 200

const DEFAULTS = {
  depth: 2, showHidden: false, customInspect: true, breakLength: 80, compact: 3, maxArrayLength: 100, maxStringLength: 10000, sorted: false
}

/**
 * Shows a value.
 * @param {unknown} value
 * @param {object} [options] `depth`, `showHidden`, `customInspect`, `breakLength`, `compact`, `maxArrayLength`, `maxStringLength`, `sorted`
 * @return {string}
 */
export function inspect (value, options) {
  const context = { ...DEFAULTS, ...options, seen: [], circular: new Map(), indent: 0, level: 0, options }
  if (context.depth === null) context.depth = Infinity
  return show(context, value, 0)
}

inspect.custom = CUSTOM[0]
inspect.ignore = IGNORE
inspect.defaultOptions = DEFAULTS

function show (context, value, level) {
  if (typeof value === 'function' || (value !== null && typeof value === 'object')) {
    const custom = context.customInspect ? shownByItself(context, value, level) : undefined
    if (custom !== undefined) return custom
    if (context.seen.includes(value)) {
      if (!context.circular.has(value)) context.circular.set(value, context.circular.size + 1)
      return `[Circular *${context.circular.get(value)}]`
    }
    return showOfPage(value) ?? showObject(context, value, level)
  }
  return showPrimitive(context, value, level)
}

/** Shows what belongs to a page, as short as it can be told apart; undefined for all else. */
function showOfPage (value) {
  if (value === globalThis) return `[${nameOf(value) ?? 'global'}]`
  if (typeof globalThis.Node !== 'function' || !(value instanceof globalThis.Node)) return undefined
  if (value.nodeType !== globalThis.Node.ELEMENT_NODE) return `[${nameOf(value)}]`
  const text = value.cloneNode(false).outerHTML
  return text.length > MARKUP_LENGTH_MAX ? `${text.slice(0, MARKUP_LENGTH_MAX)}…` : text
}

/** Lets a value show itself, if it has a method for that. */
function shownByItself (context, value, level) {
  const isPrototype = value.constructor?.prototype === value
  if (isPrototype) return undefined
  const method = CUSTOM.map((key) => value[key]).find((each) => typeof each === 'function') ??
    (typeof value.inspect === 'function' && value !== globalThis && value.inspect[IGNORE] !== true && !value.nodeType ? value.inspect : undefined)
  if (method === undefined || method === inspect) return undefined
  const { seen, circular, indent, level: _, ...options } = context
  const shown = method.call(value, context.depth - level, { ...options, depth: context.depth - level }, inspect)
  if (shown === value) return undefined
  if (typeof shown !== 'string') return show(context, shown, level)
  return shown.replaceAll('\n', `\n${' '.repeat(context.indent)}`)
}

function showPrimitive (context, value, level) {
  if (typeof value === 'string') {
    let text = value
    let rest = ''
    if (text.length > context.maxStringLength) {
      const more = text.length - context.maxStringLength
      text = text.slice(0, context.maxStringLength)
      rest = `... ${more} more character${more > 1 ? 's' : ''}`
    }
    return quote(text) + rest
  }
  if (Object.is(value, -0)) return '-0'
  if (typeof value === 'bigint') return `${value}n`
  return String(value)
}

/** Puts the quotes around a text that need the least escapes. */
function quote (text) {
  const mark = !text.includes("'") ? "'" : !text.includes('"') ? '"' : !/[`$]/.test(text) ? '`' : "'"
  // eslint-disable-next-line no-control-regex
  const escaped = text.replace(/[\u0000-\u001f\u007f-\u009f\\]|[\ud800-\udbff][\udc00-\udfff]|[\ud800-\udfff]/g, escape)
  return mark + (mark === "'" ? escaped.replaceAll("'", "\\'") : escaped) + mark
}

/** Escapes what cannot be seen; a whole surrogate pair can. */
function escape (character) {
  if (character.length === 2) return character
  const short = { '\b': '\\b', '\t': '\\t', '\n': '\\n', '\f': '\\f', '\r': '\\r', '\\': '\\\\' }[character]
  if (short) return short
  const code = character.charCodeAt(0).toString(16)
  return code.length > 2 ? `\\u${code}` : `\\x${code.toUpperCase().padStart(2, '0')}`
}

function showObject (context, value, level) {
  const shape = shapeOf(context, value)
  const { keys, base } = shape
  if (keys.length === 0 && shape.isWhole) return base
  if (keys.length === 0 && isEmpty(value)) return join(context, [], base, shape.braces, 0, level)
  if (level > context.depth) return `[${shape.name || 'Object'}]`
  context.seen.push(value)
  context.level = level
  const entries = shape.entries ? shape.entries(level + 1) : []
  for (const key of keys) entries.push(showProperty(context, value, key, level + 1, shape.isList))
  context.seen.pop()
  let output = entries
  if (context.sorted) output.sort(context.sorted === true ? undefined : context.sorted)
  const reference = context.circular.has(value) ? `<ref *${context.circular.get(value)}> ` : ''
  const isGrouped = shape.isList && context.compact >= 1 && entries.length >= GROUP_FROM
  if (isGrouped) output = group(context, entries, shape.extra ?? 0, value)
  return join(context, output, `${reference}${base}`, shape.braces, entries.length, level)
}

function isEmpty (value) {
  if (Array.isArray(value) || isTypedArray(value)) return value.length === 0
  if (isMap(value) || isSet(value)) return value.size === 0
  return !(value instanceof ArrayBuffer || value instanceof WeakMap || value instanceof WeakSet)
}

/** What surrounds and precedes the entries of a value. */
function shapeOf (context, value) {
  const name = nameOf(value)
  const keys = keysOf(context, value)
  const prefix = (fallback, size) => {
    const sized = size === undefined ? '' : `(${size})`
    return name === fallback ? `${fallback}${sized} ` : `${name}${sized} [${fallback}] `
  }
  const of = (more) => ({ name, keys, base: '', braces: ['{', '}'], ...more })
  if (Array.isArray(value)) {
    const tag = name === 'Array' ? '' : `${name ?? '[Array: null prototype]'}(${value.length}) `
    return list(context, value, of({ braces: [`${tag}[`, ']'] }))
  }
  if (isTypedArray(value)) return list(context, value, of({ braces: [`${name}(${value.length}) [`, ']'] }))
  if (isSet(value)) return of({ braces: [`${prefix('Set', value.size)}{`, '}'], entries: (level) => showSet(context, value, level) })
  if (isMap(value)) return of({ braces: [`${prefix('Map', value.size)}{`, '}'], entries: (level) => showMap(context, value, level) })
  if (typeof value === 'function') return of({ base: functionBase(value), isWhole: true })
  if (isRegExp(value)) return of({ base: RegExp.prototype.toString.call(value), isWhole: true })
  if (isDate(value)) return of({ base: Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString(), isWhole: true })
  if (value instanceof Error) return of({ base: errorBase(context, value), isWhole: true })
  if (isBoxedPrimitive(value)) return of({ ...boxed(context, value, keys), isWhole: true })
  if (isPromise(value)) return of({ braces: ['Promise {', '}'] })
  if (value instanceof ArrayBuffer) return of({ braces: ['ArrayBuffer {', '}'], entries: () => memory(context, value) })
  if (value instanceof WeakMap || value instanceof WeakSet) return of({ braces: [`${name} {`, '}'], entries: () => ['<items unknown>'] })
  return of({ braces: [`${objectPrefix(value, name)}{`, '}'], base: '', isWhole: false })
}

function objectPrefix (value, name) {
  if (isArgumentsObject(value)) return '[Arguments] '
  const tag = Object.prototype.propertyIsEnumerable.call(value, Symbol.toStringTag) ? '' : value[Symbol.toStringTag]
  const isTagged = typeof tag === 'string' && tag !== '' && tag !== name
  if (name === null) return `[${isTagged ? tag : 'Object'}: null prototype] `
  if (name === 'Object') return isTagged ? `Object [${tag}] ` : ''
  return isTagged ? `${name} [${tag}] ` : `${name} `
}

/** The class of a value; null if it has no prototype. */
function nameOf (value) {
  for (let at = value; at !== null; at = Object.getPrototypeOf(at)) {
    const descriptor = Object.getOwnPropertyDescriptor(at, 'constructor')
    if (typeof descriptor?.value === 'function' && descriptor.value.name !== '') return descriptor.value.name
  }
  return null
}

function keysOf (context, value) {
  const isIndexed = Array.isArray(value) || isTypedArray(value)
  const isHidden = (key) => (isIndexed && typeof key === 'string' && (/^(0|[1-9]\d*)$/.test(key) || (key === 'length' && !(context.showHidden && Array.isArray(value))))) ||
    (value instanceof Error && (key === 'stack' || key === 'message' || (key !== 'cause' && WEBKIT_ERROR_KEYS.has(key)))) ||
    (isBoxedPrimitive(value) && typeof value.valueOf() === 'string' && (/^\d+$/.test(key) || key === 'length'))
  const shows = (key) => context.showHidden || Object.prototype.propertyIsEnumerable.call(value, key) ||
    (value instanceof Error && key === 'cause')
  return Reflect.ownKeys(value).filter((key) => shows(key) && !isHidden(key))
}

/** What WebKit adds to every error. */
const WEBKIT_ERROR_KEYS = new Set(['line', 'column', 'sourceURL'])

function list (context, value, shape) {
  const limit = Math.min(context.maxArrayLength ?? Infinity, value.length)
  const more = value.length - limit
  return {
    ...shape,
    isList: true,
    extra: more > 0 ? 1 : 0,
    entries (level) {
      const output = []
      let index = 0
      for (; index < value.length && output.length < limit; index += 1) {
        if (index in value) {
          output.push(showIndented(context, value[index], level))
          continue
        }
        const start = index
        while (index + 1 < value.length && !(index + 1 in value)) index += 1
        output.push(`<${index - start + 1} empty item${index > start ? 's' : ''}>`)
      }
      if (index < value.length) output.push(`... ${value.length - index} more item${value.length - index > 1 ? 's' : ''}`)
      return output
    }
  }
}

function showIndented (context, value, level) {
  context.indent += 2
  const shown = show(context, value, level)
  context.indent -= 2
  return shown
}

function showSet (context, set, level) {
  return Array.from(set, (value) => showIndented(context, value, level))
}

function showMap (context, map, level) {
  return Array.from(map, ([key, value]) => `${showIndented(context, key, level)} => ${showIndented(context, value, level)}`)
}

function memory (context, buffer) {
  const bytes = Array.from(new Uint8Array(buffer, 0, Math.min(50, buffer.byteLength)), (byte) => byte.toString(16).padStart(2, '0'))
  const more = buffer.byteLength - bytes.length
  if (more > 0) bytes.push(`... ${more} more byte${more > 1 ? 's' : ''}`)
  return [`[Uint8Contents]: <${bytes.join(' ')}>`, `byteLength: ${buffer.byteLength}`]
}

function functionBase (value) {
  const isClass = /^class[\s{]/.test(Function.prototype.toString.call(value))
  const parent = Object.getPrototypeOf(value)
  if (isClass) {
    const extended = parent?.name ? ` extends ${parent.name}` : ''
    return `[class ${value.name || '(anonymous)'}${extended}]`
  }
  const kind = Object.prototype.toString.call(value).slice(8, -1)
  return `[${kind}${value.name ? `: ${value.name}` : ' (anonymous)'}]`
}

/** The stack, with the message in front of it: WebKit's stacks have none, and write frames in their own way. */
function errorBase (context, error) {
  const title = `${error.name ?? 'Error'}${error.message ? `: ${error.message}` : ''}`
  const stack = typeof error.stack === 'string' ? error.stack : ''
  if (!stack) return `[${title}]`
  const indent = ' '.repeat(context.indent)
  if (/^\s*at\s/m.test(stack)) return stack.replaceAll('\n', `\n${indent}`)
  const frames = stack.split('\n').filter(Boolean).map((line) => {
    const [, symbol, place] = /^(?:(.*?)@)?(.*)$/.exec(line)
    return `\n${indent}    at ${symbol && place ? `${symbol} (${place})` : symbol || place}`
  })
  return title + frames.join('')
}

function boxed (context, value) {
  const primitive = value.valueOf()
  const kind = (typeof primitive)[0].toUpperCase() + (typeof primitive).slice(1)
  return { base: `[${kind === 'Bigint' ? 'BigInt' : kind}: ${showPrimitive(context, primitive, 0)}]` }
}

function showProperty (context, value, key, level, isList) {
  const descriptor = Object.getOwnPropertyDescriptor(value, key) ?? { value: value[key], enumerable: true }
  let shown
  if (descriptor.get) shown = descriptor.set ? '[Getter/Setter]' : '[Getter]'
  else if (descriptor.set) shown = '[Setter]'
  else shown = showIndented(context, descriptor.value, level)
  let label = typeof key === 'symbol' ? `[${String(key)}]` : IDENTIFIER.test(key) ? key : quote(key)
  if (!descriptor.enumerable) label = `[${String(key)}]`
  return `${label}: ${shown}`
}

/** Puts entries on one line if they are short, few and flat, or else each on its own. */
function join (context, output, base, braces, count, level) {
  const start = base ? base.replace(/ ?$/, ' ') : ''
  if (output.length === 0) return `${start}${braces[0]}${braces[1]}`
  const isFlat = depthBelow(context, level) < NESTED_LINES_MAX && output.length === count
  if (isFlat) {
    const length = output.reduce((sum, each) => sum + each.length, output.length + context.indent + braces[0].length + base.length + 10)
    if (length + output.length <= context.breakLength && !output.some((each) => each.includes('\n')) && !base.includes('\n')) {
      return `${start}${braces[0]} ${output.join(', ')} ${braces[1]}`
    }
  }
  const indent = `\n${' '.repeat(context.indent)}`
  return `${start}${braces[0]}${indent}  ${output.join(`,${indent}  `)}${indent}${braces[1]}`
}

/** How many levels were shown below this one. */
function depthBelow (context, level) {
  return context.level - level
}

/** Puts the entries of a long list into columns. */
function group (context, entries, extra, value) {
  const shown = extra ? entries.slice(0, -1) : entries
  const lengths = shown.map((each) => each.length + 2)
  const widest = Math.max(...lengths)
  const total = lengths.reduce((sum, each) => sum + each, 0)
  if (widest * 3 + context.indent >= context.breakLength || shown.some((each) => each.includes('\n'))) return entries
  if (!(total / widest > 5 || widest <= 8)) return entries
  // Characters are about 2.5 times as high as wide: aim for a square, with a bias towards even widths.
  const width = Math.max(widest - 3 - Math.sqrt(widest - total / entries.length), 1)
  const columns = Math.min(
    Math.round(Math.sqrt(2.5 * width * shown.length) / width),
    Math.floor((context.breakLength - context.indent) / widest), context.compact * 4, 15
  )
  if (columns <= 1) return entries
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...lengths.filter((_, index) => index % columns === column)))
  const isNumeric = Array.isArray(value) || isTypedArray(value) ? Array.from(value).every((each) => ['number', 'bigint'].includes(typeof each)) : false
  const rows = []
  for (let start = 0; start < shown.length; start += columns) {
    const row = shown.slice(start, start + columns).map((each, column, all) => {
      const isLast = column === all.length - 1
      if (isNumeric) return (isLast ? each : `${each}, `).padStart(widths[column] - (isLast ? 2 : 0))
      return isLast ? each : `${each}, `.padEnd(widths[column])
    })
    rows.push(row.join(''))
  }
  return extra ? [...rows, entries.at(-1)] : rows
}
