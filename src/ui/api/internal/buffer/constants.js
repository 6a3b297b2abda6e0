/**
 * The limits of buffers.
 */

/** The most bytes that a buffer can have. */
export const kMaxLength = 2 ** 32

/** The most characters that a string can have. */
export const kStringMaxLength = 2 ** 29 - 24

/** How many bytes `inspect` shows. */
export const INSPECT_MAX_BYTES = 50

/** Both limits, by Node's names. */
export const constants = Object.freeze({ MAX_LENGTH: kMaxLength, MAX_STRING_LENGTH: kStringMaxLength })
