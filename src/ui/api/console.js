/**
 * @module console
 *
 * A console that writes to the terminal. In a page the global console already does, so that the default export adds
 * nothing to it but `format` where no global console is patched.
 *
 * ```js
 * import { Console } from 'socket:console'
 * ```
 */
import { format } from 'socket:internal/util/format'
import { inspect } from 'socket:internal/util/inspect'
import { table } from 'socket:internal/util/table'
import { send } from 'socket:ipc'

/** Marks a console whose output already reaches the terminal. */
const PATCHED = Symbol.for('socket.console.patched')
const INDENT = '  '

/** The console of this realm. */
export const globalConsole = globalThis.console ?? null

/** A console that writes lines to the terminal, and calls another console besides. */
export class Console {
  /** The console that is called besides. */
  console = null
  /** When each timer was started. */
  timers = new Map()
  /** How often each counter was counted. */
  counters = new Map()
  #write
  #indent = ''

  /**
   * @param {object} [options]
   * @param {Console} [options.console] called besides
   * @param {(message: string) => any} [options.postMessage] takes `ipc://stdout?value=…` messages in place of the terminal
   * @param {(stream: 'stdout'|'stderr', text: string) => any} [options.write] takes text in place of the terminal
   */
  constructor (options = {}) {
    if (options.postMessage !== undefined && typeof options.postMessage !== 'function') {
      throw new TypeError('the option "postMessage" must be a function')
    }
    this.console = options.console ?? null
    this.postMessage = options.postMessage ?? null
    this.#write = options.write ?? null
  }

  /** Writes one line to a stream of the terminal. */
  async write (stream, ...values) {
    const text = `${format(...values).replace(/^/gm, this.#indent)}\n`
    if (this.#write) return this.#write(stream, text)
    if (this.postMessage) return this.postMessage(`ipc://${stream}?value=${encodeURIComponent(text)}`)
    return send(stream, { value: text })
  }

  /** Writes an error unless a condition holds. */
  assert (condition, ...values) {
    if (condition) return
    const [first, ...rest] = values
    if (values.length === 0) this.error('Assertion failed')
    else if (typeof first === 'string') this.error(`Assertion failed: ${first}`, ...rest)
    else this.error('Assertion failed:', ...values)
  }

  /** Clears the other console. */
  clear () { this.console?.clear?.() }

  /** Writes how often it was called with a label. */
  count (label = 'default') {
    const count = (this.counters.get(label) ?? 0) + 1
    this.counters.set(label, count)
    this.log(`${label}: ${count}`)
  }

  /** Starts a counter again. */
  countReset (label = 'default') { this.counters.set(label, 0) }

  debug (...values) { this.#print('debug', 'stdout', values) }
  info (...values) { this.#print('info', 'stdout', values) }
  log (...values) { this.#print('log', 'stdout', values) }
  warn (...values) { this.#print('warn', 'stderr', values) }
  error (...values) { this.#print('error', 'stderr', values) }

  /** Writes a value with all that is in it. */
  dir (value, options) {
    this.console?.dir?.(value, options)
    if (!isPatched(this.console)) this.write('stdout', '%s', inspect(value, { customInspect: false, ...options }))
  }

  dirxml (...values) { this.log(...values) }

  /** Indents what follows. */
  group (...values) {
    if (values.length > 0) this.log(...values)
    this.#indent += INDENT
  }

  groupCollapsed (...values) { this.group(...values) }

  /** Ends a group. */
  groupEnd () { this.#indent = this.#indent.slice(INDENT.length) }

  /** Writes rows and columns. */
  table (data, columns) {
    this.console?.table?.(data, columns)
    if (!isPatched(this.console)) this.write('stdout', '%s', table(data, columns))
  }

  /** Starts a timer. */
  time (label = 'default') {
    if (this.timers.has(label)) return this.warn(`Timer '${label}' already exists`)
    this.timers.set(label, performance.now())
  }

  /** Writes how long a timer ran, and forgets it. */
  timeEnd (label = 'default') {
    this.timeLog(label)
    this.timers.delete(label)
  }

  /** Writes how long a timer has been running. */
  timeLog (label = 'default', ...values) {
    if (!this.timers.has(label)) return this.warn(`Timer '${label}' does not exist`)
    const elapsed = performance.now() - this.timers.get(label)
    const text = elapsed >= 1000 ? `${(elapsed / 1000).toFixed(3)}s` : `${elapsed.toFixed(3)}ms`
    this.log(`${label}: ${text}`, ...values)
  }

  /** Writes where it was called from. */
  trace (...values) {
    const stack = (new Error().stack ?? '').split('\n').slice(1).join('\n')
    this.#print('error', 'stderr', [`Trace: ${format(...values)}\n${stack}`])
  }

  #print (method, stream, values) {
    this.console?.[method]?.(...values)
    if (!isPatched(this.console)) this.write(stream, ...values)
  }
}

/**
 * Makes a console write to the terminal as well. The global console of a page already does.
 * @param {object} [target] the global console if left out
 * @param {object} [options] as for `Console`
 * @return {object} the console
 */
export function patchGlobalConsole (target, options = {}) {
  const patched = target ?? globalThis.console
  if (patched === null || typeof patched !== 'object') throw new TypeError('there is no console to patch')
  if (isPatched(patched)) return patched
  const terminal = new Console(options)
  for (const name of Object.keys(patched)) {
    if (typeof Console.prototype[name] !== 'function' || typeof patched[name] !== 'function') continue
    const original = patched[name].bind(patched)
    patched[name] = (...values) => {
      original(...values)
      terminal[name](...values)
    }
    patched[name].platform = original
  }
  patched[PATCHED] = true
  return patched
}

export default new Console({ console: globalConsole })

/** In a page, the preload forwards the global console; a worker's is forwarded by nobody. */
function isPatched (target) {
  return target != null && (target[PATCHED] === true || (target === globalConsole && globalThis.document !== undefined))
}
