/**
 * Carries calls to the native side and brings the answers back.
 *
 * There are two ways: a script message (top frame only, no binary either way, and only where the
 * host offers the channel, which it does not on WebKitGTK, see ARCHITECTURE.md) and the scheme
 * (everywhere). `call` never rejects: what goes wrong is the reply's `err`.
 *
 * Invariant: at most `CALLS_MAX` calls of this realm are with the native side at any time.
 */
import { token } from 'socket:internal/session'
import { carryCause, currentCause, freshCause, reportCall } from 'socket:internal/cause'
import { Gate } from 'socket:internal/gate'
import { abortError, failure, timeoutError, toError, toReply, transportError } from 'socket:internal/reply'

/** How many calls of one realm may be in flight; the others wait. */
export const CALLS_MAX = 256

/** The largest binary body of one call. */
export const BODY_BYTES_MAX = 8 * 1024 * 1024

const BASE = 'socket://localhost/__runtime/ipc/'
const COMMAND = /^[a-zA-Z][\w.-]*$/
const BUSY_TRIES_MAX = 6
const BUSY_WAIT_MS = 5

/** Commands whose answers are binary, so that a script message cannot carry them. */
const BINARY = new Set(['fs.read', 'fs.readFile'])

const gate = new Gate(CALLS_MAX)
const fetch = globalThis.fetch?.bind(globalThis)
const Request = globalThis.XMLHttpRequest
const messages = topFrameHandler()

/**
 * @typedef {object} CallOptions
 * @property {ArrayBuffer|Uint8Array} [body] sent beside the parameters
 * @property {boolean} [binary] the answer is binary
 * @property {AbortSignal} [signal]
 * @property {number} [timeout] in milliseconds
 * @property {boolean} [ungated] for the one call that is always pending
 */

/**
 * Calls a command.
 * @param {string} command
 * @param {object} [params]
 * @param {CallOptions} [options]
 * @return {Promise<import('socket:internal/reply').Reply>}
 */
export async function call (command, params = {}, options = {}) {
  // The call that waits for events begins nothing and belongs to nothing.
  if (options.ungated) return begin(command, params, { ...options, cause: freshCause() })
  const cause = currentCause() ?? freshCause()
  const began = performance.now()
  const reply = await begin(command, params, { ...options, cause })
  reportCall(command, cause, began, reply.err)
  carryCause(cause)
  return reply
}

async function begin (command, params, options) {
  const { signal, timeout } = options
  if (signal?.aborted) return failure(abortError(signal))
  const invalid = check(command, options.body)
  if (invalid) return failure(invalid)
  let json
  try {
    json = stringify(timeout > 0 ? { ...params, timeout } : params)
  } catch (cause) {
    return failure(transportError(command, cause))
  }
  const start = (inner) => options.ungated
    ? exchange(command, json, options, inner)
    : gate.run(() => exchange(command, json, options, inner))
  if (!signal && !(timeout > 0)) return start()
  return limited(command, start, signal, timeout)
}

/**
 * Calls a command and blocks this realm until the answer is there.
 * @param {string} command
 * @param {object} [params]
 * @param {{ body?: Uint8Array, binary?: boolean }} [options]
 * @return {import('socket:internal/reply').Reply}
 */
export function callSync (command, params = {}, options = {}) {
  const invalid = check(command, options.body)
  if (invalid) return failure(invalid)
  if (!Request) {
    return failure(toError({
      name: 'NotSupportedError',
      code: 'ERR_NOT_SUPPORTED',
      message: `${command} cannot be called synchronously here: there is no XMLHttpRequest`
    }))
  }
  flushConsole()
  const cause = currentCause() ?? freshCause()
  const began = performance.now()
  const reply = attemptSync(command, params, { ...options, cause })
  reportCall(command, cause, began, reply.err)
  return reply
}

/** The handler for script messages, if this realm is the top document. */
function topFrameHandler () {
  if (typeof globalThis.document === 'undefined' || globalThis.top !== globalThis) return null
  return globalThis.webkit?.messageHandlers?.runtime ?? null
}

/** Lets console output that was written before a call arrive before it. */
function flushConsole () {
  globalThis[Symbol.for('socket.runtime.preload')]?.flush()
}

function check (command, body) {
  if (typeof command !== 'string' || !COMMAND.test(command)) {
    const message = `'${command}' is not the name of a command`
    return toError({ name: 'NotFoundError', code: 'ERR_UNKNOWN_COMMAND', message })
  }
  if (body?.byteLength > BODY_BYTES_MAX) {
    const message = `${command}: a body of ${body.byteLength} bytes exceeds ${BODY_BYTES_MAX}`
    return toError({ name: 'RangeError', code: 'ERR_BODY_TOO_LARGE', message })
  }
  return null
}

function stringify (params) {
  return JSON.stringify(params, (_, value) => typeof value === 'bigint' ? String(value) : value)
}

/** Sends a call, again and again for a while if the receiver's mailbox is full. */
async function exchange (command, json, options, signal) {
  for (let tries = 1; ; tries++) {
    if (signal?.aborted) return failure(abortError(signal))
    flushConsole()
    const reply = await attempt(command, json, options, signal)
    if (reply.err?.code !== 'ERR_BUSY' || tries === BUSY_TRIES_MAX) return reply
    await new Promise((resolve) => setTimeout(resolve, BUSY_WAIT_MS * 2 ** tries))
  }
}

async function attempt (command, json, options, signal) {
  const isSmall = !options.body && !options.binary && !BINARY.has(command)
  try {
    if (messages && isSmall) {
      const text = `{"token":"${token}","cause":"${options.cause}","command":"${command}","params":${json}}`
      return toReply(JSON.parse(await messages.postMessage(text)))
    }
    const response = await fetch(address(command, json), {
      method: 'POST',
      headers: { 'x-runtime-token': token, 'x-cause': options.cause, ...bodyHeader(options.body) },
      body: options.body,
      cache: 'no-store',
      signal
    })
    return await readResponse(response)
  } catch (cause) {
    return failure(signal?.aborted ? abortError(signal) : transportError(command, cause))
  }
}

async function readResponse (response) {
  const { headers } = response
  if (isBinary(headers.get('content-type'))) {
    const bytes = new Uint8Array(await response.arrayBuffer())
    return toReply(replyHeader(headers.get('x-runtime-reply')), bytes, headers)
  }
  return toReply(JSON.parse(await response.text()), null, headers)
}

function attemptSync (command, params, { body, cause }) {
  try {
    return exchangeSync(command, stringify(params), body, cause)
  } catch (problem) {
    return failure(transportError(command, problem))
  }
}

function exchangeSync (command, json, body, cause) {
  const request = new Request()
  request.open('POST', address(command, json), false)
  request.setRequestHeader('x-runtime-token', token)
  request.setRequestHeader('x-cause', cause)
  for (const [name, value] of Object.entries(bodyHeader(body))) request.setRequestHeader(name, value)
  // A document's synchronous request may not ask for an ArrayBuffer; in this character set every
  // byte becomes one code unit, so the body can be had as text without loss.
  request.overrideMimeType('text/plain; charset=x-user-defined')
  request.send(body ?? null)
  const type = request.getResponseHeader('content-type')
  const header = request.getResponseHeader('x-runtime-reply')
  const bytes = textToBytes(request.responseText)
  if (isBinary(type) || header) return toReply(replyHeader(header), bytes)
  return toReply(JSON.parse(new TextDecoder().decode(bytes)))
}

function address (command, json) {
  return `${BASE}${command}?params=${encodeURIComponent(json)}`
}

/** Says that there is a body and that it is bytes: the native side reads no other, since a Blob would crash WebKit. */
function bodyHeader (body) {
  return body ? { 'x-runtime-body': String(body.byteLength) } : {}
}

function isBinary (type) {
  return type?.startsWith('application/octet-stream') ?? false
}

function replyHeader (header) {
  return header ? JSON.parse(decodeURIComponent(header)) : {}
}

function textToBytes (text) {
  const bytes = new Uint8Array(text.length)
  for (let at = 0; at < bytes.length; at++) bytes[at] = text.charCodeAt(at)
  return bytes
}

/** Ends a call early when its signal fires or its time is up. */
function limited (command, start, signal, timeout) {
  return new Promise((resolve) => {
    const controller = new AbortController()
    let timer = null
    const finish = (reply) => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', onabort)
      resolve(reply)
    }
    const stop = (error) => {
      finish(failure(error))
      controller.abort()
    }
    const onabort = () => stop(abortError(signal))
    signal?.addEventListener('abort', onabort)
    if (timeout > 0) timer = setTimeout(() => stop(timeoutError(command, timeout)), timeout)
    start(controller.signal).then(finish)
  })
}

export default call
