/**
 * Runs before any script of a page. The native side replaces two placeholders below: by the
 * session, `{ token, args }`, and by the modules that show values, as classic scripts.
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

  const modules = {}
  __RUNTIME_FORMATTING__ // eslint-disable-line no-undef
  const { inspect } = modules['socket:internal/util/inspect']
  const { table } = modules['socket:internal/util/table']

  function bounded (text) {
    return text.length > TEXT_MAX ? `${text.slice(0, TEXT_MAX)}… ${text.length - TEXT_MAX} more characters` : text
  }

  /** No value may break the page that prints it, not even a hostile proxy. */
  function safely (show, ...values) {
    try {
      return bounded(show(...values))
    } catch (error) {
      return `[cannot be shown: ${error?.message}]`
    }
  }

  function format (values) {
    const { format: fill } = modules['socket:internal/util/format']
    try {
      return bounded(fill(...values))
    } catch {
      return bounded(values.map((value) => typeof value === 'string' ? value : safely(inspect, value)).join(' '))
    }
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

  /** An error that shows where the page is, and nothing of this script. */
  function traceOf (text) {
    const trace = Object.defineProperty(new Error(text), 'name', { value: 'Trace' })
    trace.stack = String(trace.stack ?? '').split('\n').filter((line) => !line.includes('user-script:')).join('\n')
    return trace
  }

  const methods = {
    log: (...values) => print('log', format(values)),
    info: (...values) => print('info', format(values)),
    warn: (...values) => print('warn', format(values)),
    error: (...values) => print('error', format(values)),
    debug: (...values) => print('debug', format(values)),
    dir: (value, options) => print('log', safely(inspect, value, { customInspect: false, ...options })),
    dirxml: (...values) => print('log', format(values)),
    table: (value, columns) => print('log', safely(table, value, columns)),
    trace: (...values) => print('error', safely(inspect, traceOf(format(values)))),
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
    const text = event.error instanceof Error ? safely(inspect, event.error) : `${event.message}${place}`
    print('error', `Uncaught ${text}`)
  }, true)

  addEventListener('unhandledrejection', (event) => {
    print('error', `Uncaught (in promise) ${safely(inspect, event.reason)}`)
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

  // ---- test runs ---------------------------------------------------------------------------

  function startTestRun () {
    addEventListener('DOMContentLoaded', () => {
      const script = document.createElement('script')
      script.type = 'module'
      script.src = 'socket:internal/test-run'
      document.head.append(script)
    }, { once: true })
  }

  // ---- events ------------------------------------------------------------------------------

  /** What the page's calls go back to while an event is dealt with; see `socket:internal/cause`. */
  const cause = { current: null }

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
      for (const event of data ?? []) {
        cause.current = event.cause ?? null
        dispatchEvent(new CustomEvent(event.event, { detail: event.data }))
        cause.current = null
      }
    }
  }

  // ---- start -------------------------------------------------------------------------------

  function deepFreeze (value) {
    if (typeof value !== 'object' || value === null) return value
    Object.values(value).forEach(deepFreeze)
    return Object.freeze(value)
  }

  Object.defineProperty(globalThis, '__args', { value: deepFreeze(session.args), enumerable: true })
  Object.defineProperty(globalThis, marker, { value: Object.freeze({ events: isTop, flush, cause }) })
  if (isTop) {
    if (typeof session.args.test === 'string' && session.args.index === 0) startTestRun()
    reportFirstFrame()
    receiveEvents()
  }
})()
