/**
 * @module window/constants
 *
 * What a window can be doing: even numbers are under way, the next odd number is done.
 */
import * as constants from 'socket:window/constants'

/** Something went wrong. */
export const WINDOW_ERROR = -1
/** There is no window. */
export const WINDOW_NONE = 0
/** The window is being made. */
export const WINDOW_CREATING = 10
/** The window is made. */
export const WINDOW_CREATED = 11
/** The window is being hidden. */
export const WINDOW_HIDING = 20
/** The window is hidden. */
export const WINDOW_HIDDEN = 21
/** The window is being shown. */
export const WINDOW_SHOWING = 30
/** The window is shown. */
export const WINDOW_SHOWN = 31
/** The window is being closed. */
export const WINDOW_CLOSING = 40
/** The window is closed. */
export const WINDOW_CLOSED = 41
/** The app is ending. */
export const WINDOW_EXITING = 50
/** The app has ended. */
export const WINDOW_EXITED = 51
/** The window is being ended by force. */
export const WINDOW_KILLING = 60
/** The window was ended by force. */
export const WINDOW_KILLED = 61

export default constants
