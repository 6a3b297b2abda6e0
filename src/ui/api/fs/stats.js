/**
 * @module fs/stats
 *
 * What is known of a file besides its contents.
 */
import { S_IFBLK, S_IFCHR, S_IFDIR, S_IFIFO, S_IFLNK, S_IFMT, S_IFREG, S_IFSOCK } from 'socket:fs/constants'
import * as exports from 'socket:fs/stats'

const COUNTS = ['dev', 'ino', 'mode', 'nlink', 'uid', 'gid', 'rdev', 'size', 'blksize', 'blocks']
const TIMES = ['atime', 'mtime', 'ctime', 'birthtime']

/** The type, owner, size and times of a file or folder. */
export class Stats {
  /**
   * Makes stats of what the native side says.
   * @param {object} stat
   * @param {boolean} [isBigInt] gives every number as a `bigint`, and the times in nanoseconds too
   * @return {Stats}
   */
  static from (stat, isBigInt = false) {
    if (!isBigInt) {
      const counts = COUNTS.map((key) => [key, Number(stat[key] ?? 0)])
      const times = TIMES.map((key) => [`${key}Ms`, Number(stat[`${key}Ms`] ?? 0)])
      return new this(Object.fromEntries([...counts, ...times]))
    }
    const counts = COUNTS.map((key) => [key, BigInt(stat[key] ?? 0)])
    const times = TIMES.flatMap((key) => {
      const nanoseconds = toNanoseconds(stat[`${key}Ms`])
      return [[`${key}Ms`, nanoseconds / 1_000_000n], [`${key}Ns`, nanoseconds]]
    })
    return new this(Object.fromEntries([...counts, ...times]))
  }

  /** @param {object} stat numbers and times in milliseconds */
  constructor (stat) {
    for (const key of COUNTS) this[key] = stat[key]
    for (const key of TIMES) {
      this[`${key}Ms`] = stat[`${key}Ms`]
      if (stat[`${key}Ns`] !== undefined) this[`${key}Ns`] = stat[`${key}Ns`]
    }
    for (const key of TIMES) this[key] = new Date(Number(stat[`${key}Ms`]))
    Object.defineProperty(this, 'handle', { value: null, configurable: true, writable: true })
  }

  isDirectory () { return isType(this, S_IFDIR) }
  isFile () { return isType(this, S_IFREG) }
  isBlockDevice () { return isType(this, S_IFBLK) }
  isCharacterDevice () { return isType(this, S_IFCHR) }
  isSymbolicLink () { return isType(this, S_IFLNK) }
  isFIFO () { return isType(this, S_IFIFO) }
  isSocket () { return isType(this, S_IFSOCK) }
}

export default exports

function isType (stats, type) {
  return (Number(stats.mode) & S_IFMT) === type
}

/** Splits first: a double has no room for today in nanoseconds. */
function toNanoseconds (milliseconds = 0) {
  const whole = Math.floor(milliseconds)
  return BigInt(whole) * 1_000_000n + BigInt(Math.round((milliseconds - whole) * 1_000_000))
}
