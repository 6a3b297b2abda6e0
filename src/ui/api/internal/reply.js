/**
 * Turns what the native side answers into values and errors.
 *
 * A reply is `{ data }` or `{ err: { name, code, message, syscall?, path?, dest? } }`, with an
 * optional binary body beside it. Errors become instances of the classes in `socket:errors`.
 */
import {
  AbortError, InternalError, NotAllowedError, NotFoundError, NotSupportedError, TimeoutError
} from 'socket:errors'
import { errno } from 'socket:os/constants'

const CLASSES = {
  AbortError,
  Error,
  InternalError,
  NotAllowedError,
  NotFoundError,
  NotSupportedError,
  RangeError,
  TimeoutError,
  TypeError
}

const PLAIN = new Set(['Error', 'RangeError', 'TypeError'])

/**
 * One answer from the native side.
 * @typedef {{ err: Error|null, data: any, bytes: Uint8Array|null, headers: any }} Reply
 */

/**
 * Makes a real error from the parts of one.
 * @param {{ name?: string, type?: string, message?: string, code?: string|number }} parts
 * @return {Error}
 */
export function toError (parts) {
  const name = parts.name || parts.type || 'Error'
  const number = parts.syscall && errno[parts.code]
  const Class = CLASSES[name] ?? Error
  const message = String(parts.message ?? '')
  const error = new Class(message)
  hide(error, 'message', message)
  if (!PLAIN.has(name)) hide(error, 'name', name)
  if (number) assign(error, 'errno', -number)
  for (const [key, value] of Object.entries(parts)) {
    if (key === 'name' || key === 'type' || key === 'message' || key === 'stack') continue
    if (value !== undefined) assign(error, key, value)
  }
  return error
}

/**
 * Makes the error of a call that was aborted.
 * @param {AbortSignal} [signal]
 * @return {Error} with name `AbortError` and code `ABORT_ERR`
 */
export function abortError (signal) {
  const error = toError({ name: 'AbortError', code: 'ABORT_ERR', message: 'The operation was aborted' })
  hide(error, 'cause', signal?.reason)
  return error
}

/**
 * Makes the error of a call that was not answered in time.
 * @param {string} command
 * @param {number} milliseconds
 * @return {Error} with name `TimeoutError` and code `ERR_TIMEOUT`
 */
export function timeoutError (command, milliseconds) {
  const message = `${command} was not answered within ${milliseconds} ms`
  return toError({ name: 'TimeoutError', code: 'ERR_TIMEOUT', message })
}

/**
 * Makes the error of a call whose answer never came, or made no sense.
 * @param {string} command
 * @param {unknown} cause
 * @return {Error} with name `InternalError` and code `ERR_IPC_TRANSPORT`
 */
export function transportError (command, cause) {
  const message = `${command} could not be sent or its answer not be read: ${cause?.message ?? cause}`
  const error = toError({ name: 'InternalError', code: 'ERR_IPC_TRANSPORT', message })
  hide(error, 'cause', cause)
  return error
}

/**
 * Makes a reply that holds only an error.
 * @param {Error} err
 * @return {Reply}
 */
export function failure (err) {
  return { err, data: null, bytes: null, headers: null }
}

/**
 * Reads the parts of an answer.
 * @param {{ data?: any, err?: object }} answer
 * @param {Uint8Array} [bytes] the binary body
 * @param {any} [headers]
 * @return {Reply}
 */
export function toReply (answer, bytes = null, headers = null) {
  const err = answer?.err ? toError(answer.err) : null
  return { err, data: err ? null : answer?.data ?? null, bytes: err ? null : bytes, headers }
}

function hide (object, key, value) {
  Object.defineProperty(object, key, { value, configurable: true, writable: true, enumerable: false })
}

/** Sets a property even where a class has a getter of that name. */
function assign (object, key, value) {
  Object.defineProperty(object, key, { value, configurable: true, writable: true, enumerable: true })
}
