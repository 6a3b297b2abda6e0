/**
 * @module fs/watcher
 *
 * Watches files and folders for changes.
 */
import { fromText, toOptions, toPath } from 'socket:internal/fs-args'
import { abortError } from 'socket:internal/reply'
import { startEvents } from 'socket:internal/poll'
import { call, callSync } from 'socket:internal/transport'
import { EventEmitter } from 'socket:events'

/** How many changes wait for an iteration before the oldest is dropped. */
const QUEUE_MAX = 2048

/** Watches one path; emits `change` with the kind of change and the file's name. */
export class Watcher extends EventEmitter {
  id = null
  closed = false
  #starting = null
  #early = []
  #listener = (event) => this.#receive(event.detail)
  // Nobody waits for this closing, so nobody could be told that it failed.
  #onabort = () => { this.close().catch(() => {}) }

  /**
   * @param {string|Buffer|URL} path
   * @param {{ recursive?: boolean, encoding?: string, signal?: AbortSignal, start?: boolean }} [options]
   */
  constructor (path, options) {
    super()
    const { recursive, encoding, signal, start } = toOptions(options)
    this.path = toPath(path, 'filename')
    this.recursive = Boolean(recursive)
    this.encoding = encoding ?? 'utf8'
    this.signal = signal ?? null
    if (signal?.aborted) throw abortError(signal)
    signal?.addEventListener('abort', this.#onabort, { once: true })
    if (start !== false) this.start().catch((error) => this.#fail(error))
  }

  /** Whether the watching was aborted by the signal. */
  get aborted () {
    return this.signal?.aborted === true
  }

  /** Starts to watch; rejects if the path cannot be watched. */
  start () {
    this.#starting ??= this.#start()
    return this.#starting
  }

  /** Starts to watch and blocks until every further change will be seen; throws if the path cannot be watched. */
  startSync () {
    this.#listen()
    const { err, data } = callSync('fs.watch', this.#params())
    if (err) {
      this.close()
      throw err
    }
    this.#starting = Promise.resolve()
    this.id = data.id
  }

  /** Stops to watch. */
  async close () {
    if (this.closed) return
    this.closed = true
    globalThis.removeEventListener('fs.watch', this.#listener)
    this.signal?.removeEventListener('abort', this.#onabort)
    const { id } = this
    queueMicrotask(() => this.emit('close'))
    if (id === null) return
    const { err } = await call('fs.stopWatch', { id })
    if (err) throw err
  }

  /** Kept for compatibility: a watcher never keeps an app running. */
  ref () { return this }

  /** Kept for compatibility: a watcher never keeps an app running. */
  unref () { return this }

  /** Iterates over the changes as `{ eventType, filename }`; leaving the loop closes the watcher. */
  async * [Symbol.asyncIterator] () {
    const queue = []
    let wake = () => {}
    let failure = null
    this.on('change', (eventType, filename) => {
      if (queue.length === QUEUE_MAX) queue.shift()
      queue.push({ eventType, filename })
      wake()
    })
    this.on('error', (error) => { failure = error; wake() })
    this.on('close', () => wake())
    try {
      await this.start()
      while (true) {
        if (this.aborted) throw abortError(this.signal)
        if (failure) throw failure
        if (queue.length > 0) yield queue.shift()
        else if (this.closed) return
        else await new Promise((resolve) => { wake = resolve })
      }
    } finally {
      await this.close()
    }
  }

  async #start () {
    this.#listen()
    const { err, data } = await call('fs.watch', this.#params())
    if (err) throw err
    this.id = data.id
    if (this.closed) {
      await call('fs.stopWatch', { id: data.id })
      return
    }
    // A change may arrive before the id by which it is known to be ours.
    for (const detail of this.#early.splice(0)) this.#receive(detail)
  }

  #listen () {
    startEvents()
    globalThis.addEventListener('fs.watch', this.#listener)
  }

  #params () {
    return { path: this.path, recursive: this.recursive }
  }

  #receive (detail) {
    if (this.id === null) {
      if (this.#early.length < QUEUE_MAX) this.#early.push(detail)
      return
    }
    if (detail?.id !== this.id || this.closed) return
    const name = detail.filename ?? detail.path ?? null
    this.emit('change', detail.type, name === null ? null : fromText(name, this.encoding))
  }

  #fail (error) {
    this.close()
    if (this.listenerCount('error') > 0) this.emit('error', error)
    else queueMicrotask(() => { throw error })
  }
}

export default Watcher
