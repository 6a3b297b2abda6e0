/**
 * The one way in which a module says that it cannot do something yet.
 */

/**
 * Makes the error that a missing function throws.
 * @param {string} name the function, as the caller knows it
 * @return {Error} with name `NotSupportedError` and code `ERR_NOT_SUPPORTED`
 */
export function notSupported (name) {
  const error = new Error(`${name} is not supported by this runtime`)
  Object.defineProperty(error, 'name', { value: 'NotSupportedError', configurable: true, writable: true })
  error.code = 'ERR_NOT_SUPPORTED'
  return error
}

/**
 * Throws the error for a missing function.
 * @param {string} name the function, as the caller knows it
 * @return {never}
 */
export function unsupported (name) {
  throw notSupported(name)
}

export default unsupported
