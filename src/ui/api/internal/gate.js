/**
 * Lets at most a given number of tasks run at once; the others wait their turn.
 *
 * Invariant: tasks start in the order in which they came.
 */
export class Gate {
  #limit
  #running = 0
  #waiting = []
  #head = 0

  /** @param {number} limit how many tasks may run at once */
  constructor (limit) {
    this.#limit = limit
  }

  /** How many tasks run now. */
  get running () {
    return this.#running
  }

  /** How many tasks wait. */
  get waiting () {
    return this.#waiting.length - this.#head
  }

  /**
   * Runs a task once there is room.
   * @template T
   * @param {() => Promise<T>} task
   * @return {Promise<T>}
   */
  run (task) {
    if (this.#running < this.#limit) return this.#start(task)
    return new Promise((resolve, reject) => {
      this.#waiting.push(() => this.#start(task).then(resolve, reject))
    })
  }

  async #start (task) {
    this.#running += 1
    try {
      return await task()
    } finally {
      this.#running -= 1
      this.#next()
    }
  }

  #next () {
    if (this.waiting === 0) return
    const start = this.#waiting[this.#head]
    this.#waiting[this.#head++] = undefined
    if (this.#head > 1024 && this.#head * 2 > this.#waiting.length) {
      this.#waiting = this.#waiting.slice(this.#head)
      this.#head = 0
    }
    start()
  }
}

export default Gate
