/**
 * Brings the console and the uncaught errors of a worker to the terminal; a page's preload does
 * that for the page. Imported for this effect only, by modules that call the native side.
 *
 * Invariant: lines arrive in the order in which they were written, so one call is out at most.
 */
import { patchGlobalConsole } from 'socket:console'
import { inspect } from 'socket:internal/util/inspect'
import { call } from 'socket:internal/transport'

const LINES_MAX = 256
const marker = Symbol.for('socket.runtime.preload')
const isWorker = typeof globalThis.WorkerGlobalScope !== 'undefined' && globalThis instanceof globalThis.WorkerGlobalScope
const lines = []
let isSending = false

/** Takes a line; it goes out with the others of this moment. */
function write (stream, text) {
  lines.push({ level: stream === 'stderr' ? 'error' : 'log', text: text.replace(/\n$/, '') })
  if (lines.length === 1) queueMicrotask(flush)
}

async function flush () {
  if (isSending) return
  isSending = true
  while (lines.length > 0) {
    // There is nobody to tell of a failure.
    await call('log', { lines: lines.splice(0, LINES_MAX) })
  }
  isSending = false
}

function install () {
  patchGlobalConsole(globalThis.console, { write })
  Object.defineProperty(globalThis, marker, { value: Object.freeze({ events: false, flush }) })
  globalThis.addEventListener('error', ({ error, message, filename, lineno, colno }) => {
    const text = error instanceof Error ? inspect(error) : `${message} (${filename}:${lineno}:${colno})`
    write('stderr', `Uncaught ${text}`)
  })
  globalThis.addEventListener('unhandledrejection', ({ reason }) => {
    write('stderr', `Uncaught (in promise) ${inspect(reason)}`)
  })
}

if (isWorker && !globalThis[marker]) install()
