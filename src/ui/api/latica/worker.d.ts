/**
 * @module latica/worker
 *
 * Kept for compatibility: every peer runs outside of the page, so no worker is needed.
 */
declare module 'socket:latica/worker' {
  export {}
}
