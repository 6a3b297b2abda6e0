/**
 * @module ipc
 *
 * Calls the native side by command name. Most apps never need it: the other modules stand on it.
 *
 * ```js
 * import ipc from 'socket:ipc'
 *
 * const { err, data } = await ipc.request('os.uname')
 * ```
 *
 * A call never rejects; what went wrong is the result's `err`, a real `Error` that carries `code`
 * and, for system errors, `syscall` and `path`. Importing this module starts to bring the native
 * side's events into a worker or frame, where each is dispatched on `globalThis`.
 */
import { Buffer } from 'socket:buffer'
import { deepFreeze } from 'socket:internal/freeze'
import { bootstrap } from 'socket:internal/session'
import { makeBinding } from 'socket:internal/ipc-binding'
import { Message, parseValue } from 'socket:internal/ipc-message'
import { Headers, Result } from 'socket:internal/ipc-result'
import { startEvents } from 'socket:internal/poll'
import { call, callSync } from 'socket:internal/transport'
import * as exports from 'socket:ipc'
import 'socket:internal/worker-console'

export { Headers, Message, Result }

/** The status of a call that went well. */
export const OK = 0

/** The status of a call that failed. */
export const ERROR = 1

/** How long a call may take, in milliseconds, unless it says otherwise. */
export const TIMEOUT = 32_000

/** The property of `debug` that says whether calls are printed. */
export const kDebugEnabled = Symbol.for('ipc.debug.enabled')

/** What the native side said about the machine when this realm started. */
export const primordials = Object.freeze({
  arch: bootstrap.arch,
  cwd: bootstrap.cwd,
  platform: bootstrap.platform,
  version: Object.freeze({ ...bootstrap.version }),
  'host-operating-system': bootstrap.os
})

const cache = new Map()

/**
 * Switches the printing of calls on or off, and tells if it is on.
 * @param {boolean} [enable]
 * @return {boolean}
 */
export function debug (enable) {
  if (typeof enable === 'boolean') debug.enabled = enable
  return debug.enabled
}

Object.defineProperty(debug, 'enabled', {
  get: () => debug[kDebugEnabled] ?? Boolean(bootstrap.debug && bootstrap.env?.SOCKET_DEBUG_IPC),
  set: (value) => { debug[kDebugEnabled] = Boolean(value) }
})

/**
 * Prints a line if `debug` is on.
 * @param {...any} values
 */
debug.log = (...values) => {
  if (debug.enabled) globalThis.console.debug(...values)
}

/**
 * Reads `seq` as a number; a leading `R` and a trailing `n` are ignored.
 * @param {string|number|bigint} seq
 * @param {{ bigint?: boolean }} [options]
 * @return {number|bigint}
 */
export function parseSeq (seq, options) {
  const digits = String(seq).replace(/^R/i, '').replace(/n$/, '')
  return options?.bigint ? BigInt(digits) : Number.parseInt(digits, 10)
}

/** Resolves once `globalThis.__args` is there, which it is from the start. */
export async function ready () {}

/**
 * Calls a command.
 * @param {string} command for example `fs.stat`
 * @param {any} [value] an object of parameters, or anything else as the parameter `value`
 * @param {{ bytes?: any, cache?: boolean, responseType?: string, signal?: AbortSignal, timeout?: number|boolean }} [options]
 * @return {Promise<Result>}
 */
export async function send (command, value, options) {
  return perform(command, value, options?.bytes, options)
}

/**
 * Calls a command; `responseType: 'arraybuffer'` asks for a binary answer.
 * @param {string} command
 * @param {any} [value]
 * @param {{ bytes?: any, cache?: boolean, responseType?: string, signal?: AbortSignal, timeout?: number|boolean }} [options]
 * @return {Promise<Result>}
 */
export async function request (command, value, options) {
  return perform(command, value, options?.bytes, options)
}

/**
 * Calls a command with bytes beside its parameters.
 * @param {string} command
 * @param {any} [value]
 * @param {ArrayBuffer|ArrayBufferView|string|number[]} [buffer] at most 8 MiB
 * @param {{ responseType?: string, signal?: AbortSignal, timeout?: number|boolean }} [options]
 * @return {Promise<Result>}
 */
export async function write (command, value, buffer, options) {
  return perform(command, value, buffer ?? options?.bytes, options)
}

/**
 * Calls a command and blocks until the answer is there. Use it sparingly: the page stands still.
 * @param {string} command
 * @param {any} [value]
 * @param {{ bytes?: any, cache?: boolean, responseType?: string }} [options]
 * @return {Result}
 */
export function sendSync (command, value, options) {
  if (options?.cache && cache.has(command)) return cache.get(command)
  const reply = callSync(command, toParams(value), { body: toBody(options?.bytes) })
  return remember(command, toResult(command, reply), options)
}

/**
 * Dispatches an event on `globalThis`, or on another target.
 * @param {string} name
 * @param {any} value strings are read as JSON where they are JSON
 * @param {EventTarget} [target]
 * @param {EventInit} [options]
 */
export async function emit (name, value, target, options) {
  const detail = typeof value === 'string' ? parseValue(decode(value)) : value
  const receiver = target ?? globalThis
  receiver.dispatchEvent(new CustomEvent(name, { detail, ...options }))
}

/**
 * Announces the answer to a numbered call as the event `resolve-<window>-<seq>`.
 * @param {string|number} seq
 * @param {any} value
 */
export async function resolve (seq, value) {
  const name = `resolve-${bootstrap.index ?? 0}-${seq}`
  globalThis.dispatchEvent(new CustomEvent(name, { detail: value }))
}

/**
 * Sends a whole `ipc://command?key=value` message.
 * @param {string|Message} message
 * @param {ArrayBuffer|Uint8Array} [bytes]
 * @return {Promise<Result>}
 */
export async function postMessage (message, bytes) {
  const { command, rawParams, bytes: own } = Message.from(message)
  const { seq, index, ...params } = rawParams
  if (index !== undefined) params.index = index
  const result = await perform(command, mapValues(params, parseValue), bytes ?? own)
  if (seq !== undefined) await resolve(seq, result.toJSON())
  return result
}

/**
 * Makes an object whose methods call commands: `createBinding('fs').stat({ path })`.
 * @param {string|object} [domain]
 * @param {object|Function} [context]
 * @return {any}
 */
export function createBinding (domain, context) {
  return makeBinding({ emit, ready, request, resolve, send, sendSync, write }, domain, context)
}

export default exports

async function perform (command, value, body, options) {
  if (options?.cache && cache.has(command)) return cache.get(command)
  debug.log('ipc', command, value)
  const timeout = options?.timeout === true ? TIMEOUT : options?.timeout
  const reply = await call(command, toParams(value), {
    body: toBody(body),
    binary: options?.responseType === 'arraybuffer',
    signal: options?.signal,
    timeout: typeof timeout === 'number' ? timeout : undefined
  })
  const result = toResult(command, reply)
  debug.log('ipc', command, '→', result.err ?? result.data)
  return remember(command, result, options)
}

function remember (command, result, options) {
  if (options?.cache && !result.err) cache.set(command, result)
  return result
}

function toResult (command, { err, data, bytes, headers }) {
  const binary = bytes && Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return new Result(undefined, err, binary ?? data, command, headers)
}

/** Parameters are an object; anything else travels as the parameter `value`. */
function toParams (value) {
  if (value === undefined || value === null) return {}
  if (value instanceof URLSearchParams) return mapValues(Object.fromEntries(value), parseValue)
  const prototype = typeof value === 'object' ? Object.getPrototypeOf(value) : undefined
  return prototype === Object.prototype || prototype === null ? value : { value }
}

function toBody (value) {
  if (value === undefined || value === null) return undefined
  if (typeof value === 'string') return new TextEncoder().encode(value)
  if (value instanceof ArrayBuffer) return value
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
  return Uint8Array.from(value)
}

function mapValues (object, map) {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, map(value)]))
}

function decode (text) {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

globalThis.__args ??= deepFreeze(bootstrap)
startEvents()
