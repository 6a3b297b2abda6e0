/**
 * @module test/context
 *
 * Ends the app with the result when the global runner is done, and on an error that nobody caught.
 */
import process from 'socket:process'
import { args } from 'socket:internal/args'
import { send } from 'socket:ipc'

const IGNORED = Symbol.for('socket.test.error.ignore')
let isInitialized = false
let isFinishing = false

/**
 * Ties a runner to the app.
 * @param {import('socket:test').TestRunner} runner
 */
export default function initialize (runner) {
  if (isInitialized) return
  isInitialized = true
  for (const type of ['error', 'messageerror', 'unhandledrejection']) {
    globalThis.addEventListener?.(type, (event) => onerror(runner, event))
  }
  runner.onFinish(({ total, success, fail }) => finish({ passed: success, failed: fail, total }))
}

function onerror (runner, event) {
  const error = event.error ?? event.reason ?? event
  if (!error?.ignore && !error?.[IGNORED]) bail(error, runner)
}

/**
 * Gives the whole run up.
 * @param {unknown} error why
 * @param {{ report: (line: string) => void }} [runner]
 */
export function bail (error, { report } = { report: console.log }) {
  if (isFinishing) return
  console.error(error)
  report(`Bail out! ${String(error?.message ?? error).split('\n')[0]}`)
  finish({ passed: 0, failed: 1, total: 1 })
}

/** A debugging run stays open, so that one can look around. */
async function finish (result) {
  if (isFinishing) return
  isFinishing = true
  // The report goes out before the app ends.
  globalThis[Symbol.for('socket.runtime.preload')]?.flush()
  if (typeof args.test === 'string') await send('test.finish', result)
  else if (!process.env.DEBUG) await process.exit(result.failed > 0 ? 1 : 0)
}
