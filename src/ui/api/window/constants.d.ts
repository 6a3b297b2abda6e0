/**
 * @module window/constants
 *
 * What a window can be doing: even numbers are under way, the next odd number is done.
 */
declare module 'socket:window/constants' {
  /** The window is closed. */
  export const WINDOW_CLOSED: number

  /** The window is being closed. */
  export const WINDOW_CLOSING: number

  /** The window is made. */
  export const WINDOW_CREATED: number

  /** The window is being made. */
  export const WINDOW_CREATING: number

  /** Something went wrong. */
  export const WINDOW_ERROR: number

  /** The app has ended. */
  export const WINDOW_EXITED: number

  /** The app is ending. */
  export const WINDOW_EXITING: number

  /** The window is hidden. */
  export const WINDOW_HIDDEN: number

  /** The window is being hidden. */
  export const WINDOW_HIDING: number

  /** The window was ended by force. */
  export const WINDOW_KILLED: number

  /** The window is being ended by force. */
  export const WINDOW_KILLING: number

  /** There is no window. */
  export const WINDOW_NONE: number

  /** The window is being shown. */
  export const WINDOW_SHOWING: number

  /** The window is shown. */
  export const WINDOW_SHOWN: number

  export * as default from 'socket:window/constants'
}
