/**
 * @module diagnostics/metric
 *
 * What every metric has in common.
 */
import { isArrayLike } from 'socket:util'
import { format } from 'socket:internal/util/format'

/** Something that is measured while it is switched on. */
export class Metric {
  /** Starts to measure. */
  init () {}

  /**
   * Takes a value in.
   * @param {any} [value]
   */
  update (value) {}

  /** Stops to measure, and undoes what `init` did. */
  destroy () {}

  /** What was measured. */
  toJSON () {
    return {}
  }

  /** The metric as text. */
  toString () {
    return format(this)
  }

  /** Goes over what was measured, or over the metric itself. */
  [Symbol.iterator] () {
    const values = isArrayLike(this) ? Array.from(/** @type {any} */ (this)) : [this]
    return values[Symbol.iterator]()
  }

  /** The tag `DiagnosticMetric(Fetch)`. */
  get [Symbol.toStringTag] () {
    return `DiagnosticMetric(${this.constructor.name.replace('Metric', '')})`
  }
}

export default Metric
