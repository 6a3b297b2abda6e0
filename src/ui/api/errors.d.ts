/**
 * @module errors
 *
 * The errors that the runtime's modules throw.
 */
declare module 'socket:errors' {
  export const ABORT_ERR: number

  /** An operation that was aborted by a signal. */
  export class AbortError extends Error {
    /** @param reason a signal, or why it was aborted */
    constructor (reason?: AbortSignal|string, signal?: AbortSignal)
  }

  /** A request that makes no sense. */
  export class BadRequestError extends Error {
    static get code (): number
    constructor (message?: string, options?: ErrorOptions)
    /** The code, which a system error replaces by its own. */
    code: any
  }

  export const ENCODING_ERR: number

  /** Data that cannot be encoded or decoded. */
  export class EncodingError extends Error {
    static get code (): number
    constructor (message?: string, options?: ErrorOptions)
    /** The code, which a system error replaces by its own. */
    code: any
  }

  /** An error of the system, by its number. */
  export class ErrnoError extends Error {
    constructor (errno: number, message?: string, options?: { code?: string, syscall?: string, path?: string })
  }

  /** A clean-up callback that failed. */
  export class FinalizationRegistryCallbackError extends Error {
    static get code (): number
    constructor (message?: string, options?: ErrorOptions)
    /** The code, which a system error replaces by its own. */
    code: any
  }

  /** The codes that the web gives its exceptions. */
  export const INDEX_SIZE_ERR: number

  export const INVALID_ACCESS_ERR: number

  /** A class that cannot be constructed. */
  export class IllegalConstructorError extends TypeError {
    static get code (): number
    constructor (message?: string, options?: ErrorOptions)
    /** The code, which a system error replaces by its own. */
    code: any
  }

  /** An index that lies outside. */
  export class IndexSizeError extends Error {
    static get code (): number
    constructor (message?: string, options?: ErrorOptions)
    /** The code, which a system error replaces by its own. */
    code: any
  }

  /** A fault of the runtime itself. */
  export class InternalError extends Error {
    static get code (): any
    constructor (message: string, code?: number|string, ...rest: any[])
    get name (): string
    /** What went wrong. */
    get code (): any
  }

  /** An access that is not valid. */
  export class InvalidAccessError extends Error {
    static get code (): number
    constructor (message?: string, options?: ErrorOptions)
    /** The code, which a system error replaces by its own. */
    code: any
  }

  /** A module that was not found. */
  export class ModuleNotFoundError extends NotFoundError {
    /** @param requireStack who asked for it */
    constructor (message: string, requireStack?: string[])
  }

  export const NETWORK_ERR: number

  export const NOT_ALLOWED_ERR: number

  export const NOT_FOUND_ERR: number

  export const NOT_SUPPORTED_ERR: number

  /** A network that failed. */
  export class NetworkError extends Error {
    static get code (): number
    constructor (message?: string, options?: ErrorOptions)
    /** The code, which a system error replaces by its own. */
    code: any
  }

  /** A call that the app's settings do not grant. */
  export class NotAllowedError extends Error {
    static get code (): number
    constructor (message?: string, options?: ErrorOptions)
    /** The code, which a system error replaces by its own. */
    code: any
  }

  /** Something that is not there. */
  export class NotFoundError extends Error {
    static get code (): number
    constructor (message?: string, options?: ErrorOptions)
    /** The code, which a system error replaces by its own. */
    code: any
  }

  /** Something that this runtime cannot do. */
  export class NotSupportedError extends Error {
    static get code (): number
    constructor (message?: string, options?: ErrorOptions)
    /** The code, which a system error replaces by its own. */
    code: any
  }

  export const OPERATION_ERR: number

  /** An operation that failed. */
  export class OperationError extends Error {
    static get code (): number
    constructor (message?: string, options?: ErrorOptions)
    /** The code, which a system error replaces by its own. */
    code: any
  }

  export const SECURITY_ERR: number

  /** A call that is not safe. */
  export class SecurityError extends Error {
    static get code (): number
    constructor (message?: string, options?: ErrorOptions)
    /** The code, which a system error replaces by its own. */
    code: any
  }

  export const TIMEOUT_ERR: number

  /** An operation that took too long. */
  export class TimeoutError extends Error {
    static get code (): number
    constructor (message?: string, options?: ErrorOptions)
    /** The code, which a system error replaces by its own. */
    code: any
  }

  /** Where an `InternalError` keeps its code. */
  export const kInternalErrorCode: symbol

  export * as default from 'socket:errors'
}
