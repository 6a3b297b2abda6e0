/**
 * First-in, first-out queues.
 */

/** A ring of fixed size, which must be a power of two. */
export class FixedFIFO {
  #ring
  #mask
  #top = 0
  #bottom = 0
  #count = 0

  /** @param {number} size */
  constructor (size) {
    if (!(size > 0) || (size & (size - 1)) !== 0) throw new Error('the size of a FixedFIFO must be a power of two')
    this.#ring = new Array(size)
    this.#mask = size - 1
  }

  get length () { return this.#count }

  /** Adds a value; false if there is no room. */
  push (value) {
    if (this.#count > this.#mask) return false
    this.#ring[this.#top] = value
    this.#top = (this.#top + 1) & this.#mask
    this.#count += 1
    return true
  }

  /** Takes the oldest value. */
  shift () {
    if (this.#count === 0) return undefined
    const value = this.#ring[this.#bottom]
    this.#ring[this.#bottom] = undefined
    this.#bottom = (this.#bottom + 1) & this.#mask
    this.#count -= 1
    return value
  }

  /** The oldest value. */
  peek () { return this.#ring[this.#bottom] }

  isEmpty () { return this.#count === 0 }

  clear () {
    this.#ring.fill(undefined)
    this.#top = this.#bottom = this.#count = 0
  }
}

/** A queue that grows as needed. */
export class FastFIFO {
  #values = []
  #head = 0

  get length () { return this.#values.length - this.#head }

  /** Adds a value. */
  push (value) { this.#values.push(value) }

  /** Takes the oldest value. */
  shift () {
    const value = this.#values[this.#head]
    if (this.isEmpty()) return undefined
    this.#values[this.#head++] = undefined
    if (this.#head > 1024 && this.#head * 2 > this.#values.length) {
      this.#values = this.#values.slice(this.#head)
      this.#head = 0
    }
    return value
  }

  /** The oldest value. */
  peek () { return this.#values[this.#head] }

  isEmpty () { return this.length === 0 }

  clear () {
    this.#values = []
    this.#head = 0
  }
}
