/**
 * Errors with Node's names, codes and wording, for the modules that follow Node's semantics.
 */

/**
 * Makes an error of the given class that carries a code and shows it as Node does.
 * @param {Function} Class
 * @param {string} code
 * @param {string} message
 * @return {Error}
 */
export function codedError (Class, code, message) {
  const error = new Class(message)
  error.code = code
  Object.defineProperty(error, 'toString', {
    value () { return `${this.name} [${code}]: ${this.message}` },
    configurable: true,
    writable: true
  })
  return error
}

/**
 * Says what was received, in the words of Node's type errors.
 * @param {unknown} value
 * @return {string}
 */
export function describe (value) {
  if (value == null) return ` Received ${value}`
  if (typeof value === 'function') return ` Received function ${value.name}`
  if (typeof value === 'object') {
    const name = value.constructor?.name
    return name ? ` Received an instance of ${name}` : ' Received [Object: null prototype] {}'
  }
  let shown = String(value)
  if (typeof value === 'bigint') shown += 'n'
  if (typeof value === 'string') {
    if (shown.length > 28) shown = `${shown.slice(0, 25)}...`
    shown = `'${shown}'`
  }
  return ` Received type ${typeof value} (${shown})`
}

/**
 * The argument has a type that the function does not take.
 * @param {string} name
 * @param {string} expected for example `of type string`
 * @param {unknown} value
 * @return {TypeError} with code `ERR_INVALID_ARG_TYPE`
 */
export function invalidArgType (name, expected, value) {
  const kind = name.includes('.') ? 'property' : 'argument'
  const subject = name.endsWith(' argument') ? `The ${name}` : `The "${name}" ${kind}`
  return codedError(TypeError, 'ERR_INVALID_ARG_TYPE', `${subject} must be ${expected}.${describe(value)}`)
}

/**
 * The argument has the right type, and a value that makes no sense.
 * @param {string} name
 * @param {unknown} value
 * @param {string} [reason]
 * @return {TypeError} with code `ERR_INVALID_ARG_VALUE`
 */
export function invalidArgValue (name, value, reason = 'is invalid') {
  const kind = name.includes('.') ? 'property' : 'argument'
  const shown = typeof value === 'string' ? `'${value}'` : show(value)
  return codedError(TypeError, 'ERR_INVALID_ARG_VALUE', `The ${kind} '${name}' ${reason}. Received ${shown}`)
}

/**
 * The number lies outside of what the function takes.
 * @param {string} name
 * @param {string} range for example `>= 0 and <= 255`
 * @param {unknown} value
 * @return {RangeError} with code `ERR_OUT_OF_RANGE`
 */
export function outOfRange (name, range, value) {
  let shown = show(value)
  if (Number.isInteger(value) && Math.abs(value) > 2 ** 32) shown = grouped(String(value))
  if (typeof value === 'bigint') {
    shown = String(value)
    if (value > 2n ** 32n || value < -(2n ** 32n)) shown = grouped(shown)
    shown += 'n'
  }
  const message = `The value of "${name}" is out of range. It must be ${range}. Received ${shown}`
  return codedError(RangeError, 'ERR_OUT_OF_RANGE', message)
}

/**
 * The encoding is not one that buffers know.
 * @param {unknown} encoding
 * @return {TypeError} with code `ERR_UNKNOWN_ENCODING`
 */
export function unknownEncoding (encoding) {
  return codedError(TypeError, 'ERR_UNKNOWN_ENCODING', `Unknown encoding: ${encoding}`)
}

function show (value) {
  if (Object.is(value, -0)) return '-0'
  if (ArrayBuffer.isView(value)) return `${value.constructor.name}(${value.length}) []`
  if (value !== null && typeof value === 'object') return JSON.stringify(value)
  return String(value)
}

/** Writes `1234567` as `1_234_567`. */
function grouped (digits) {
  return digits.replace(/\B(?=(\d{3})+$)/g, '_')
}
