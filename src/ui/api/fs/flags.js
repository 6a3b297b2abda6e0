/**
 * @module fs/flags
 *
 * Turns flags such as `r+` into the numbers that `open` takes.
 */
import { toFlags } from 'socket:internal/fs-args'
import {
  O_APPEND, O_CREAT, O_EXCL, O_RDONLY, O_RDWR, O_SYNC, O_TRUNC, O_WRONLY
} from 'socket:fs/constants'
import * as exports from 'socket:fs/flags'

const BASES = { r: 0, w: O_TRUNC | O_CREAT, a: O_APPEND | O_CREAT }

/**
 * Gives the number for flags.
 * @param {string|number} [flags] without any, a file is opened for reading
 * @return {number}
 */
export function normalizeFlags (flags) {
  const checked = toFlags(flags)
  if (typeof checked === 'number') return checked
  const base = ['r', 'w', 'a'].find((letter) => checked.includes(letter))
  const access = checked.endsWith('+') ? O_RDWR : base === 'r' ? O_RDONLY : O_WRONLY
  const exclusive = checked.includes('x') ? O_EXCL : 0
  const synchronous = checked.includes('s') ? O_SYNC : 0
  return BASES[base] | access | exclusive | synchronous
}

export default exports
