/**
 * @module diagnostics/metric
 *
 * What every metric has in common.
 */
declare module 'socket:diagnostics/metric' {
  /** Something that is measured while it is switched on. */
  export class Metric {
    /** Starts to measure. */
    init (): void
    /** Takes a value in. */
    update (value?: any): void
    /** Stops to measure, and undoes what `init` did. */
    destroy (): void
    /** What was measured. */
    toJSON (): any
    [Symbol.iterator] (): IterableIterator<any>
  }
  export default Metric
}
