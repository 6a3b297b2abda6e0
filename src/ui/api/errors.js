/**
 * @module errors
 *
 * The errors that the runtime's modules throw.
 */
import * as exports from 'socket:errors'

/** The codes that the web gives its exceptions. */
export const INDEX_SIZE_ERR = 1
export const NOT_FOUND_ERR = 8
export const NOT_SUPPORTED_ERR = 9
export const INVALID_ACCESS_ERR = 15
export const SECURITY_ERR = 18
export const NETWORK_ERR = 19
export const ABORT_ERR = 20
export const TIMEOUT_ERR = 23
export const OPERATION_ERR = 30
export const NOT_ALLOWED_ERR = 31
export const ENCODING_ERR = 32

/** Where an `InternalError` keeps its code. */
export const kInternalErrorCode = Symbol.for('InternalError.code')

/**
 * Makes an error class: `name` and `code` live on the prototype, the number on the class.
 * @param {string} name
 * @param {string} code
 * @param {number} number
 * @param {Function} [Parent]
 */
function define (name, code, number, Parent = Error) {
  const Class = class extends Parent {
    static get code () { return number }
  }
  for (const [key, value] of [['name', name], ['code', code]]) {
    Object.defineProperty(Class.prototype, key, { value, writable: true, configurable: true })
  }
  Object.defineProperty(Class, 'name', { value: name })
  return Class
}

/** A request that makes no sense. */
export const BadRequestError = define('BadRequestError', 'BAD_REQUEST_ERR', 0)
/** Data that cannot be encoded or decoded. */
export const EncodingError = define('EncodingError', 'ENCODING_ERR', ENCODING_ERR)
/** A clean-up callback that failed. */
export const FinalizationRegistryCallbackError = define('FinalizationRegistryCallbackError', 'FINALIZATION_REGISTRY_CALLBACK_ERR', 0)
/** A class that cannot be constructed. */
export const IllegalConstructorError = define('IllegalConstructorError', 'ILLEGAL_CONSTRUCTOR_ERR', 0, TypeError)
/** An index that lies outside. */
export const IndexSizeError = define('IndexSizeError', 'INDEX_SIZE_ERR', INDEX_SIZE_ERR)
/** An access that is not valid. */
export const InvalidAccessError = define('InvalidAccessError', 'INVALID_ACCESS_ERR', INVALID_ACCESS_ERR)
/** A network that failed. */
export const NetworkError = define('NetworkError', 'NETWORK_ERR', NETWORK_ERR)
/** A call that the app's settings do not grant. */
export const NotAllowedError = define('NotAllowedError', 'NOT_ALLOWED_ERR', NOT_ALLOWED_ERR)
/** Something that is not there. */
export const NotFoundError = define('NotFoundError', 'NOT_FOUND_ERR', NOT_FOUND_ERR)
/** Something that this runtime cannot do. */
export const NotSupportedError = define('NotSupportedError', 'NOT_SUPPORTED_ERR', NOT_SUPPORTED_ERR)
/** An operation that failed. */
export const OperationError = define('OperationError', 'OPERATION_ERR', OPERATION_ERR)
/** A call that is not safe. */
export const SecurityError = define('SecurityError', 'SECURITY_ERR', SECURITY_ERR)
/** An operation that took too long. */
export const TimeoutError = define('TimeoutError', 'TIMEOUT_ERR', TIMEOUT_ERR)

/** An operation that was aborted by a signal. */
export class AbortError extends define('AbortError', 'ABORT_ERR', ABORT_ERR) {
  /**
   * @param {AbortSignal|string} [reason] a signal, or why it was aborted
   * @param {AbortSignal} [signal]
   */
  constructor (reason, signal) {
    if (typeof reason === 'object' && reason !== null && 'aborted' in reason) {
      signal = reason
      reason = signal.reason
    }
    const why = reason ?? signal?.reason ?? 'The operation was aborted'
    super(why instanceof Error ? why.message : String(why))
    this.signal = signal ?? null
  }
}

/** A fault of the runtime itself. */
export class InternalError extends Error {
  static get code () { return 0 }

  /**
   * @param {string} message
   * @param {number|string} [code]
   */
  constructor (message, code, ...rest) {
    super(message, ...rest)
    if (code) this[kInternalErrorCode] = code
  }

  get name () { return 'InternalError' }
  set name (value) { Object.defineProperty(this, 'name', { value, writable: true, configurable: true }) }

  /** What went wrong. */
  get code () { return this[kInternalErrorCode] || 'INTERNAL_ERR' }
  set code (code) { this[kInternalErrorCode] = code }
}

/** A module that was not found. */
export class ModuleNotFoundError extends NotFoundError {
  /**
   * @param {string} message
   * @param {string[]} [requireStack] who asked for it
   */
  constructor (message, requireStack) {
    super(message)
    this.requireStack = requireStack ?? []
  }
}
Object.defineProperty(ModuleNotFoundError.prototype, 'name', { value: 'ModuleNotFoundError', writable: true, configurable: true })
Object.defineProperty(ModuleNotFoundError.prototype, 'code', { value: 'MODULE_NOT_FOUND', writable: true, configurable: true })

/** An error of the system, by its number. */
export class ErrnoError extends Error {
  /**
   * @param {number} errno
   * @param {string} [message]
   * @param {{ code?: string, syscall?: string, path?: string }} [options]
   */
  constructor (errno, message, options = {}) {
    super(message ?? `system error ${Math.abs(errno)}`)
    Object.assign(this, { errno, ...options })
    Object.defineProperty(this, 'name', { value: 'ErrnoError', writable: true, configurable: true })
  }
}

export default exports
