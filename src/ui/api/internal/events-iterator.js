/**
 * The asynchronous iterator behind `on` of `socket:events`.
 */

/**
 * Makes an iterator over the events called `name`. It ends on a `close` event and fails on `error`.
 * @param {object} hub how to subscribe to a target
 * @param {object} emitter
 * @param {string|symbol} name
 * @param {{ signal?: AbortSignal, close: string[] }} options
 * @return {AsyncIterableIterator<any[]>}
 */
export function iterate (hub, emitter, name, { signal, close }) {
  const values = []
  const waiters = []
  let failure = null
  let isFinished = false

  const onevent = (...event) => {
    if (waiters.length > 0) waiters.shift().resolve({ value: event, done: false })
    else values.push(event)
  }
  const onerror = (error) => {
    if (waiters.length > 0) waiters.shift().reject(error)
    else failure = { error }
    finish()
  }
  const onabort = () => onerror(hub.aborted(signal))
  const finish = () => {
    hub.unsubscribe(emitter, name, onevent)
    if (hub.isEmitter && name !== 'error') hub.unsubscribe(emitter, 'error', onerror)
    for (const event of close) hub.unsubscribe(emitter, event, finish)
    signal?.removeEventListener('abort', onabort)
    isFinished = true
    for (const waiter of waiters.splice(0)) waiter.resolve({ value: undefined, done: true })
    return Promise.resolve({ value: undefined, done: true })
  }

  hub.subscribe(emitter, name, onevent)
  if (hub.isEmitter && name !== 'error') hub.subscribe(emitter, 'error', onerror)
  for (const event of close) hub.subscribe(emitter, event, finish)
  signal?.addEventListener('abort', onabort, { once: true })

  return {
    next () {
      if (values.length > 0) return Promise.resolve({ value: values.shift(), done: false })
      if (failure) {
        const { error } = failure
        failure = null
        return Promise.reject(error)
      }
      if (isFinished) return Promise.resolve({ value: undefined, done: true })
      return new Promise((resolve, reject) => waiters.push({ resolve, reject }))
    },
    return: finish,
    throw (error) {
      onerror(error)
      return Promise.resolve({ value: undefined, done: true })
    },
    [Symbol.asyncIterator] () { return this }
  }
}
