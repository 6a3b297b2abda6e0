/**
 * What a call resolves to, and the headers that came with it.
 */
import { toError } from 'socket:internal/reply'

/** HTTP headers that can be made from nearly anything. */
export class Headers extends globalThis.Headers {
  /**
   * Makes headers from a response, a request, entries, an object or raw header lines.
   * @param {any} input
   * @return {Headers}
   */
  static from (input) {
    if (input?.headers) return this.from(input.headers)
    if (typeof input?.getAllResponseHeaders === 'function') return this.from(input.getAllResponseHeaders())
    if (typeof input?.entries === 'function') return new this([...input.entries()])
    if (typeof input === 'string') return new this(parseLines(input))
    return new this(input ?? undefined)
  }

  /** How many headers there are. */
  get length () {
    return [...this.entries()].length
  }

  /** The headers as a plain object. */
  toJSON () {
    return Object.fromEntries(this.entries())
  }
}

/** The outcome of a call: an error or data. It can be taken apart as `[err, data, source, headers]`. */
export class Result {
  /** Names this result. */
  id = randomId()
  /** What went wrong. */
  err = null
  /** What was asked for. */
  data = null
  /** The command that was called. */
  source = null
  /** The headers of the answer, if it had any. */
  headers = null

  /**
   * Makes a result from an error, from `{ err?, data?, source?, headers? }` or from bare data.
   * @param {any} result
   * @param {Error|object|string} [maybeError] an error, or the source
   * @param {string} [maybeSource]
   * @param {object|string} [maybeHeaders]
   * @return {Result}
   */
  static from (result, maybeError = null, maybeSource = null, maybeHeaders = null) {
    if (typeof maybeError === 'string') return this.from(result, null, maybeSource ?? maybeError, maybeHeaders)
    if (result instanceof Result) {
      result.err ||= maybeError
      result.source ||= maybeSource
      result.headers ||= maybeHeaders && Headers.from(maybeHeaders)
      return result
    }
    const parts = result instanceof Error ? { err: result } : result
    const err = asError(parts?.err || maybeError)
    const data = err ? null : bareData(parts)
    return new this(parts?.id, err, data, parts?.source || maybeSource, parts?.headers || maybeHeaders)
  }

  /**
   * @param {string} [id]
   * @param {Error} [err]
   * @param {any} [data]
   * @param {string} [source]
   * @param {object|string} [headers]
   */
  constructor (id, err, data, source, headers) {
    this.id = id ?? this.id
    this.err = err ?? null
    this.data = data ?? null
    this.source = source || null
    this.headers = headers ? Headers.from(headers) : null
    for (const [index, key] of ['err', 'data', 'source', 'headers'].entries()) {
      Object.defineProperty(this, index, { get: () => this[key], enumerable: false })
    }
  }

  /** How many parts the result has. */
  get length () {
    return 4
  }

  /** Yields the error, the data, the source and the headers. */
  * [Symbol.iterator] () {
    yield this.err
    yield this.data
    yield this.source
    yield this.headers
  }

  /** The result as a plain object. */
  toJSON () {
    const { err, data, source } = this
    return {
      headers: this.headers?.toJSON() ?? null,
      source,
      data,
      err: err && { message: err.message ?? '', name: err.name ?? '', code: err.code ?? '', ...err }
    }
  }
}

function asError (value) {
  if (!value) return null
  return value instanceof Error ? value : toError(typeof value === 'object' ? value : { message: value })
}

/** Takes the data out of `{ data }`, and anything else as it is. */
function bareData (parts) {
  if (parts === null || typeof parts !== 'object') return parts ?? null
  if ('data' in parts) return parts.data?.data ?? parts.data
  return 'err' in parts || 'source' in parts ? null : parts
}

function parseLines (text) {
  return text.split(/\r?\n/).filter((line) => line.includes(':')).map((line) => {
    const colon = line.indexOf(':')
    return [line.slice(0, colon).trim(), line.slice(colon + 1).trim()]
  })
}

function randomId () {
  return String(globalThis.crypto.getRandomValues(new BigUint64Array(1))[0])
}

export default Result
