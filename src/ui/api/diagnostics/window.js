/**
 * @module diagnostics/window
 *
 * Measures what a page asks of the engine: frames, requests, workers. Off until started.
 *
 * ```js
 * import { metrics } from 'socket:diagnostics/window'
 *
 * metrics.subscribe('fetch.end', ({ resource, response }) => console.log(resource, response.status))
 * metrics.start(['fetch'])
 * ```
 */
import { IllegalConstructor } from 'socket:util'
import registry from 'socket:diagnostics/channels'
import { Metric } from 'socket:diagnostics/metric'

const group = registry.group('window', [
  'XMLHttpRequest.open', 'XMLHttpRequest.send', 'Worker', 'fetch', 'fetch.start', 'fetch.end', 'requestAnimationFrame'
])

/** Frames a second, as the mean over the last ones, on `window.requestAnimationFrame`. */
export class RequestAnimationFrameMetric extends Metric {
  originalRequestAnimationFrame = null
  channel = group.channel('requestAnimationFrame')
  value = null
  now = 0
  sampleTick = 0
  samples = null

  /** @param {{ sampleSize?: number }} [options] over how many frames the mean goes */
  constructor (options) {
    super()
    this.sampleSize = options?.sampleSize || 60
    this.requestAnimationFrame = this.requestAnimationFrame.bind(this)
  }

  /** What stands in for the engine's function. */
  requestAnimationFrame (callback) {
    return this.originalRequestAnimationFrame.call(globalThis, (time) => {
      this.update(time)
      callback(time)
    })
  }

  init () {
    if (this.originalRequestAnimationFrame || typeof globalThis.requestAnimationFrame !== 'function') return
    this.samples = []
    this.originalRequestAnimationFrame = globalThis.requestAnimationFrame
    globalThis.requestAnimationFrame = this.requestAnimationFrame
  }

  update () {
    const before = this.now
    this.now = performance.now()
    if (!(before > 0) || !this.samples || this.now === before) return
    this.samples[this.sampleTick] = Math.round(1000 / (this.now - before))
    this.sampleTick = (this.sampleTick + 1) % this.sampleSize
    const sum = this.samples.reduce((all, sample) => all + sample, 0)
    this.value = { rate: Math.round(sum / this.samples.length), samples: this.samples.length }
    this.channel.publish(this.value)
  }

  destroy () {
    this.channel.reset()
    if (this.originalRequestAnimationFrame) globalThis.requestAnimationFrame = this.originalRequestAnimationFrame
    Object.assign(this, { originalRequestAnimationFrame: null, samples: null, value: null, now: 0, sampleTick: 0 })
  }

  toJSON () {
    const { sampleSize, sampleTick, now } = this
    return { sampleSize, sampleTick, samples: [...this.samples ?? []], rate: this.value?.rate ?? 0, now }
  }
}

/** Requests by `fetch`, on `window.fetch`, `window.fetch.start` and `window.fetch.end`. */
export class FetchMetric extends Metric {
  originalFetch = null
  channel = group.channel('fetch')

  constructor () {
    super()
    this.fetch = this.fetch.bind(this)
  }

  /** What stands in for the engine's function. */
  async fetch (resource, options, extra) {
    const metric = { resource, options, extra }
    this.channel.channel('start').publish(metric)
    try {
      const response = await this.originalFetch.call(globalThis, resource, options, extra)
      metric.response = response.clone()
      return response
    } catch (error) {
      metric.error = error
      throw error
    } finally {
      this.channel.channel('end').publish(metric)
      this.channel.publish(metric)
    }
  }

  init () {
    if (this.originalFetch) return
    this.originalFetch = globalThis.fetch
    globalThis.fetch = this.fetch
  }

  destroy () {
    this.channel.reset()
    if (this.originalFetch) globalThis.fetch = this.originalFetch
    this.originalFetch = null
  }
}

/** Requests by `XMLHttpRequest`, on `window.XMLHttpRequest.open` and `window.XMLHttpRequest.send`. */
export class XMLHttpRequestMetric extends Metric {
  channel = group.channel('XMLHttpRequest')
  patched = null

  init () {
    const prototype = globalThis.XMLHttpRequest?.prototype
    if (this.patched || !prototype) return
    const { channel } = this
    const { open, send } = prototype
    this.patched = { open, send }
    prototype.open = function (...args) {
      const [method, url, async] = args
      channel.channel('open').publish({ request: this, method, url, async })
      return open.apply(this, args)
    }
    prototype.send = function (...args) {
      channel.channel('send').publish({ request: this, body: args[0] })
      return send.apply(this, args)
    }
  }

  destroy () {
    this.channel.reset()
    if (this.patched) Object.assign(globalThis.XMLHttpRequest.prototype, this.patched)
    this.patched = null
  }
}

/** Workers that are made, on `window.Worker`. */
export class WorkerMetric extends Metric {
  /** The engine's own class. */
  static GlobalWorker = globalThis.Worker ?? class {}

  channel = group.channel('Worker')

  constructor () {
    super()
    const { channel } = this
    this.Worker = class Worker extends WorkerMetric.GlobalWorker {
      constructor (url, options, ...more) {
        super(url, options, ...more)
        channel.publish({ worker: this, url, options })
      }
    }
  }

  init () {
    if (globalThis.Worker) globalThis.Worker = this.Worker
  }

  destroy () {
    this.channel.reset()
    if (globalThis.Worker === this.Worker) globalThis.Worker = WorkerMetric.GlobalWorker
  }
}

/** The metrics of this page. */
class Metrics {
  requestAnimationFrame = new RequestAnimationFrameMetric()
  XMLHttpRequest = new XMLHttpRequestMetric()
  Worker = new WorkerMetric()
  fetch = new FetchMetric()
  channel = group

  /** Subscribes to what a name selects, or to all. */
  subscribe (name, onMessage) {
    return group.subscribe(name, onMessage)
  }

  /** Unsubscribes from what a name selects, or from all. */
  unsubscribe (name, onMessage) {
    return group.unsubscribe(name, onMessage)
  }

  /** Starts the named metrics, or all. */
  start (which) {
    for (const metric of this.#chosen(which)) metric.init()
  }

  /** Stops the named metrics, or all; their subscribers are forgotten. */
  stop (which) {
    for (const metric of this.#chosen(which)) metric.destroy()
  }

  #chosen (which) {
    const all = Object.entries(this).filter(([, value]) => value instanceof Metric)
    return all.filter(([name]) => !Array.isArray(which) || which.includes(name)).map(([, metric]) => metric)
  }
}

/** The metrics of this page. */
export const metrics = new Metrics()
Metrics.prototype.constructor = IllegalConstructor

export default { metrics }
