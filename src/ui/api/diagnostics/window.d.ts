/**
 * @module diagnostics/window
 *
 * Measures what a page asks of the engine: frames, requests, workers. Off until started.
 */
declare module 'socket:diagnostics/window' {
  import { Channel, ChannelGroup, Subscriber } from 'socket:diagnostics/channels'
  import { Metric } from 'socket:diagnostics/metric'

  /** Frames a second, as the mean over the last ones. */
  export class RequestAnimationFrameMetric extends Metric {
    channel: Channel
    value: { rate: number, samples: number }|null
    sampleSize: number
    constructor (options?: { sampleSize?: number })
  }
  /** Requests by `fetch`. */
  export class FetchMetric extends Metric {
    channel: Channel
  }
  /** Requests by `XMLHttpRequest`. */
  export class XMLHttpRequestMetric extends Metric {
    channel: Channel
  }
  /** Workers that are made. */
  export class WorkerMetric extends Metric {
    static GlobalWorker: typeof Worker
    channel: Channel
    Worker: typeof Worker
  }

  /** The name of a metric. */
  export type MetricName = 'requestAnimationFrame'|'XMLHttpRequest'|'Worker'|'fetch'

  /** The metrics of this page. */
  export const metrics: {
    requestAnimationFrame: RequestAnimationFrameMetric
    XMLHttpRequest: XMLHttpRequestMetric
    Worker: WorkerMetric
    fetch: FetchMetric
    channel: ChannelGroup
    /** Subscribes to what a name selects, or to all. */
    subscribe (onMessage: Subscriber): boolean
    subscribe (name: string|string[], onMessage: Subscriber): boolean
    unsubscribe (onMessage: Subscriber): boolean
    unsubscribe (name: string|string[], onMessage: Subscriber): boolean
    /** Starts the named metrics, or all. */
    start (which?: MetricName[]): void
    /** Stops the named metrics, or all; their subscribers are forgotten. */
    stop (which?: MetricName[]): void
  }
  const exports: { metrics: typeof metrics }
  export default exports
}
