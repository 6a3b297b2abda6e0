/**
 * @module os/constants
 *
 * The numbers of signals and of common errors on Linux.
 */
declare module 'socket:os/constants' {
  /** Both, by Node's names. */
  export const constants: Record<string, any>

  /** The numbers of errors. */
  export const errno: Readonly<Record<string, number>>

  /** The numbers of signals. */
  export const signal: Readonly<Record<string, number>>

  export { constants as default }
}
