/**
 * Runs before any script of a page. The native side replaces the one placeholder below by the
 * session, `{ token, args }`.
 *
 * It sets `globalThis.__args`, forwards the console and uncaught errors to the terminal, reports
 * the first painted frame, and brings events into the top document. It is one classic script, so
 * it can import nothing, and nothing of it but `__args` and `Symbol.for('socket.runtime.preload')`
 * can be reached from the page. The token is in neither.
 */
(() => {
  const session = __RUNTIME_SESSION__ // eslint-disable-line no-undef
  const marker = Symbol.for('socket.runtime.preload')
  const isOwnOrigin = location.protocol === 'socket:' || location.host === 'socket.localhost'
  // A development server's pages are the app's, too: those of exactly its origin.
  const server = session.args.origin ? new URL(session.args.origin).origin : null
  if (!(isOwnOrigin || location.origin === server) || globalThis[marker]) return

  // What a page may replace later is kept from the start.
  const { stringify, parse } = JSON
  const fetch = globalThis.fetch.bind(globalThis)
  const later = globalThis.setTimeout.bind(globalThis)
  const isTop = globalThis.top === globalThis
  const handler = isTop ? globalThis.webkit?.messageHandlers?.runtime : null

  const TEXT_MAX = 64 * 1024
  const LINES_MAX = 256
  const DEPTH_MAX = 4
  const ITEMS_MAX = 100
  const STRING_MAX = 10_000

  // ---- calls -------------------------------------------------------------------------------

  async function call (command, params) {
    if (handler) return parse(await handler.postMessage(stringify({ token: session.token, command, params })))
    const query = encodeURIComponent(stringify(params))
    const response = await fetch(`socket://localhost/__runtime/ipc/${command}?params=${query}`, {
      method: 'POST',
      headers: { 'x-runtime-token': session.token }
    })
    return parse(await response.text())
  }

  function tell (command, params) {
    // One way: there is nobody to tell of a failure.
    call(command, params).catch(() => {})
  }

  // ---- values as text ----------------------------------------------------------------------

  function quote (text) {
    const short = text.length > STRING_MAX ? `${text.slice(0, STRING_MAX)}… ${text.length - STRING_MAX} more characters` : text
    if (!short.includes("'")) return `'${stringify(short).slice(1, -1).replaceAll('\\"', '"')}'`
    return short.includes('"') ? `\`${short}\`` : stringify(short)
  }

  function showKey (key) {
    if (typeof key === 'symbol') return `[${String(key)}]`
    return /^[A-Za-z_$][\w$]*$/.test(key) ? key : quote(key)
  }

  function showError (error) {
    const head = `${error.name ?? 'Error'}: ${error.message ?? ''}`
    const stack = String(error.stack ?? '')
    const frames = (stack.startsWith(head) ? stack.slice(head.length) : stack).split('\n').filter(Boolean)
      .map((line) => /^\s*at /.test(line) ? line : `    at ${line.replace(/^(.*?)@(.*)$/, (_, name, at) => name ? `${name} (${at})` : at)}`)
    const text = [head, ...frames].join('\n')
    return error.cause === undefined ? text : `${text}\n  [cause]: ${show(error.cause, 1, new Set([error]))}`
  }

  function showFunction (value) {
    const kind = /^class\b/.test(Function.prototype.toString.call(value)) ? 'class' : 'Function'
    return value.name ? `[${kind}: ${value.name}]` : `[${kind} (anonymous)]`
  }

  function showPrimitive (value) {
    if (typeof value === 'string') return quote(value)
    if (typeof value === 'bigint') return `${value}n`
    return Object.is(value, -0) ? '-0' : String(value)
  }

  function wrap (open, parts, close) {
    if (parts.length === 0) return `${open}${close}`
    const line = parts.join(', ')
    if (line.length <= 72 && !line.includes('\n')) return `${open} ${line} ${close}`
    return `${open}\n${parts.map((part) => `  ${part.replaceAll('\n', '\n  ')}`).join(',\n')}\n${close}`
  }

  function limit (items, total, each) {
    const parts = items.slice(0, ITEMS_MAX).map(each)
    if (total > ITEMS_MAX) parts.push(`... ${total - ITEMS_MAX} more item${total === ITEMS_MAX + 1 ? '' : 's'}`)
    return parts
  }

  function showProperties (value, inner, skip = () => false) {
    const keys = Reflect.ownKeys(value).filter((key) => {
      return !skip(key) && Object.prototype.propertyIsEnumerable.call(value, key)
    })
    return limit(keys, keys.length, (key) => {
      const { get, set, value: own } = Object.getOwnPropertyDescriptor(value, key)
      const text = get ? (set ? '[Getter/Setter]' : '[Getter]') : set ? '[Setter]' : inner(own)
      return `${showKey(key)}: ${text}`
    })
  }

  function showList (value, name, inner) {
    const isView = ArrayBuffer.isView(value)
    const isIndex = (key) => typeof key === 'string' && /^\d+$/.test(key)
    const items = limit(Array.from({ length: Math.min(value.length, ITEMS_MAX) }, (_, index) => value[index]), value.length,
      (item) => isView ? String(item) : inner(item))
    const extra = isView ? [] : showProperties(value, inner, isIndex)
    return wrap(`${name === 'Array' ? '' : `${name}(${value.length}) `}[`, [...items, ...extra], ']')
  }

  /** Shows an object as it wants to be shown, if it says how; undefined if not. */
  function showCustom (value, depth) {
    const custom = value[Symbol.for('nodejs.util.inspect.custom')] ?? value[Symbol.for('socket.util.inspect.custom')]
    const shown = typeof custom === 'function' ? custom.call(value, DEPTH_MAX - depth, {}, safely) : undefined
    return typeof shown === 'string' ? shown : undefined
  }

  /** Shows what the language and the page have classes for; undefined for any other object. */
  function showKnown (value, name, inner) {
    if (value instanceof Error || globalThis.DOMException && value instanceof DOMException) return showError(value)
    if (value instanceof Date) return Number.isNaN(+value) ? 'Invalid Date' : value.toISOString()
    if (value instanceof RegExp) return String(value)
    if (value instanceof Promise) return 'Promise {}'
    if (Array.isArray(value) || ArrayBuffer.isView(value) && !(value instanceof DataView)) return showList(value, name, inner)
    if (value instanceof ArrayBuffer) return `ArrayBuffer { byteLength: ${value.byteLength} }`
    if (value instanceof Map) {
      const parts = limit([...value], value.size, ([key, item]) => `${inner(key)} => ${inner(item)}`)
      return wrap(`Map(${value.size}) {`, parts, '}')
    }
    if (value instanceof Set) return wrap(`Set(${value.size}) {`, limit([...value], value.size, inner), '}')
    if (globalThis.Node && value instanceof Node) return showNode(value)
    if (value === globalThis) return `[${name}]`
    return undefined
  }

  function showNode (node) {
    if (node.nodeType !== 1) return `[${node.constructor.name}]`
    const text = node.cloneNode(false).outerHTML
    return text.length > 200 ? `${text.slice(0, 200)}…` : text
  }

  function show (value, depth = 0, seen = new Set()) {
    if (typeof value === 'function') return showFunction(value)
    if (typeof value !== 'object' || value === null) return showPrimitive(value)
    if (seen.has(value)) return '[Circular *1]'
    const name = nameOf(value)
    if (depth > DEPTH_MAX) return Array.isArray(value) ? '[Array]' : `[${name || 'Object'}]`
    const path = new Set(seen).add(value)
    const inner = (item) => show(item, depth + 1, path)
    const known = showCustom(value, depth) ?? showKnown(value, name, inner)
    if (known !== undefined) return known
    const prefix = name === 'Object' ? '' : name ? `${name} ` : '[Object: null prototype] '
    return wrap(`${prefix}{`, showProperties(value, inner), '}')
  }

  function nameOf (value) {
    const prototype = Object.getPrototypeOf(value)
    return prototype === null ? '' : String(prototype.constructor?.name ?? 'Object')
  }

  /** No value may break the page that prints it, not even a hostile proxy. */
  function safely (value) {
    try {
      return show(value)
    } catch (error) {
      return `[cannot be shown: ${error?.message}]`
    }
  }

  function convert (letter, value) {
    if (letter === 's') return typeof value === 'string' ? value : safely(value)
    if (letter === 'd') return typeof value === 'bigint' ? `${value}n` : typeof value === 'object' ? 'NaN' : String(Number(value))
    if (letter === 'i') return typeof value === 'object' ? 'NaN' : String(Number.parseInt(value, 10))
    if (letter === 'f') return String(Number.parseFloat(value))
    if (letter === 'j') return stringify(value) ?? 'undefined'
    if (letter === 'c') return ''
    return safely(value)
  }

  function format (values) {
    let rest = values
    const parts = []
    if (typeof values[0] === 'string') {
      rest = values.slice(1)
      const text = values.length === 1 ? values[0] : values[0].replace(/%([sdifjoOc%])/g, (all, letter) => {
        if (letter === '%') return '%'
        return rest.length > 0 ? convert(letter, rest.shift()) : all
      })
      parts.push(text)
    }
    for (const value of rest) parts.push(typeof value === 'string' ? value : safely(value))
    const text = parts.join(' ')
    return text.length > TEXT_MAX ? `${text.slice(0, TEXT_MAX)}… ${text.length - TEXT_MAX} more characters` : text
  }

  // ---- console -----------------------------------------------------------------------------

  const state = { lines: [], indent: '', counts: new Map(), timers: new Map() }

  function flush () {
    if (state.lines.length > 0) tell('log', { lines: state.lines.splice(0) })
  }

  function print (level, text) {
    if (state.lines.length === 0) queueMicrotask(flush)
    state.lines.push({ level, text: state.indent + text.replaceAll('\n', `\n${state.indent}`) })
    if (state.lines.length >= LINES_MAX) flush()
  }

  function elapsed (label) {
    const start = state.timers.get(label)
    return start === undefined ? null : `${label}: ${(performance.now() - start).toFixed(3)}ms`
  }

  const methods = {
    log: (...values) => print('log', format(values)),
    info: (...values) => print('info', format(values)),
    warn: (...values) => print('warn', format(values)),
    error: (...values) => print('error', format(values)),
    debug: (...values) => print('debug', format(values)),
    dir: (value) => print('log', safely(value)),
    dirxml: (...values) => print('log', format(values)),
    table: (value) => print('log', safely(value)),
    trace: (...values) => print('error', showError({ name: 'Trace', message: format(values), stack: new Error().stack })),
    assert: (isTrue, ...values) => { if (!isTrue) print('error', `Assertion failed${values.length > 0 ? `: ${format(values)}` : ''}`) },
    group: (...values) => { if (values.length > 0) print('log', format(values)); state.indent += '  ' },
    groupEnd: () => { state.indent = state.indent.slice(2) },
    count: (label = 'default') => {
      state.counts.set(label, (state.counts.get(label) ?? 0) + 1)
      print('log', `${label}: ${state.counts.get(label)}`)
    },
    countReset: (label = 'default') => { state.counts.delete(label) },
    time: (label = 'default') => { state.timers.set(label, performance.now()) },
    timeLog: (label = 'default', ...values) => { if (elapsed(label)) print('log', format([elapsed(label), ...values])) },
    timeEnd: (label = 'default') => { methods.timeLog(label); state.timers.delete(label) }
  }
  methods.groupCollapsed = methods.group

  for (const [name, forward] of Object.entries(methods)) {
    const original = console[name]
    const own = { [name] (...values) { forward(...values); original?.apply(console, values) } }
    console[name] = own[name]
  }

  // ---- uncaught errors ---------------------------------------------------------------------

  addEventListener('error', (event) => {
    if (event.target instanceof Element) {
      const address = event.target.src ?? event.target.href
      if (address) print('error', `${event.target.localName} could not be loaded: ${address}`)
      return
    }
    const place = event.filename ? ` (${event.filename}:${event.lineno}:${event.colno})` : ''
    const text = event.error instanceof Error ? safely(event.error) : `${event.message}${place}`
    print('error', `Uncaught ${text}`)
  }, true)

  addEventListener('unhandledrejection', (event) => {
    print('error', `Uncaught (in promise) ${safely(event.reason)}`)
  })

  // ---- first frame -------------------------------------------------------------------------

  function reportFirstFrame () {
    let isReported = false
    const report = () => {
      if (isReported) return
      isReported = true
      tell('window.firstFrame', {})
    }
    const frame = () => requestAnimationFrame(() => requestAnimationFrame(report))
    if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', frame, { once: true })
    else frame()
    // A hidden window may never get a frame.
    if (document.readyState === 'complete') later(report, 250)
    else addEventListener('load', () => later(report, 250), { once: true })
  }

  // ---- events ------------------------------------------------------------------------------

  async function receiveEvents () {
    const params = { client: session.args.client.id, timeout: 35_000 }
    for (let wait = 100; ;) {
      const { data, err } = await call('event.next', params).catch((cause) => ({ err: cause }))
      if (err) {
        if (err.code === 'ERR_PERMISSION') return
        await new Promise((resolve) => later(resolve, wait))
        wait = Math.min(wait * 2, 5_000)
        continue
      }
      wait = 100
      for (const event of data ?? []) dispatchEvent(new CustomEvent(event.event, { detail: event.data }))
    }
  }

  // ---- tests -------------------------------------------------------------------------------

  /**
   * Runs a test file of the app beside its page; one that does not start has failed. It is an
   * element, since modules that this script imported itself would have no origin to show.
   */
  function runTest (file) {
    const script = document.createElement('script')
    const fail = () => {
      print('error', `The test file '${file}' could not be run`)
      flush()
      tell('test.finish', { passed: 0, failed: 1, total: 1 })
    }
    script.type = 'module'
    script.src = new URL(file, `${location.origin}/`).href
    script.addEventListener('load', () => removeEventListener('error', fail))
    script.addEventListener('error', fail)
    addEventListener('error', fail)
    document.head.append(script)
  }

  // ---- start -------------------------------------------------------------------------------

  function deepFreeze (value) {
    if (typeof value !== 'object' || value === null) return value
    Object.values(value).forEach(deepFreeze)
    return Object.freeze(value)
  }

  Object.defineProperty(globalThis, '__args', { value: deepFreeze(session.args), enumerable: true })
  Object.defineProperty(globalThis, marker, { value: Object.freeze({ events: isTop, flush }) })
  if (isTop) {
    reportFirstFrame()
    receiveEvents()
  }
  if (isTop && session.args.test && session.args.index === 0) {
    addEventListener('DOMContentLoaded', () => runTest(session.args.test), { once: true })
  }
})()
