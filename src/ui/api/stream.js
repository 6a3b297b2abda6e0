/**
 * @module stream
 *
 * Streams with Node's semantics.
 *
 * ```js
 * import { pipelinePromise } from 'socket:stream'
 * ```
 */
import { Stream } from 'socket:stream/lifecycle'
import * as exports from 'socket:stream'

export { FastFIFO, FixedFIFO } from 'socket:stream/fifo'
export { Duplex, PassThrough, Transform, TransformState } from 'socket:stream/duplex'
export { finished, Pipeline, pipeline, pipelinePromise } from 'socket:stream/pipeline'
export { Readable, ReadableState } from 'socket:stream/readable'
export { Writable, WritableState } from 'socket:stream/writable'
export { Stream }

/**
 * Tells if a value is a stream of any make.
 * @param {any} value
 * @return {boolean}
 */
export function isStream (value) {
  return Boolean(value?._readableState ?? value?._writableState)
}

/**
 * Tells if a value is one of this module's streams.
 * @param {any} value
 * @return {boolean}
 */
export function isStreamx (value) {
  return value instanceof Stream && isStream(value)
}

/**
 * Tells if a value is one of this module's readable streams.
 * @param {any} value
 * @return {boolean}
 */
export function isReadStreamx (value) {
  return isStreamx(value) && Boolean(value._readableState) && value.readable
}

export default exports
