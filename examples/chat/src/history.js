/**
 * What was said: messages in the order in which they follow each other, kept in a file.
 *
 * The network forgets after hours; this does not. Takes the file system as an argument.
 * Invariant: the file only grows, by whole lines, and a line that cannot be read is skipped.
 */

const SHOWN_MAX = 2_000

/**
 * A message. `previous` is what its author had read last, `clock` how far along that was.
 * @typedef {{ id: string, previous: string|null, clock: number, key: string, name: string, text: string, at: number }} Message
 */

/** The messages of one room. */
export class History {
  #fs
  #path
  #writing = Promise.resolve()
  #byId = new Map()
  /** @type {Message[]} in order */
  messages = []

  /**
   * @param {object} fs calls of `fs/promises`
   * @param {string} path
   */
  constructor (fs, path) {
    this.#fs = fs
    this.#path = path
  }

  /** The message that the next one will follow. */
  get last () {
    return this.messages.at(-1) ?? null
  }

  /** Reads the file. */
  async read () {
    const text = await this.#fs.readFile(this.#path, 'utf8').catch((error) => {
      if (error.code === 'ENOENT') return ''
      throw error
    })
    for (const line of text.split('\n').slice(-SHOWN_MAX)) this.#insert(parse(line))
    // What follows a line that was cut short must not be torn with it.
    if (text !== '' && !text.endsWith('\n')) await this.#fs.appendFile(this.#path, '\n')
  }

  /**
   * Adds a message.
   * @param {Message} message
   * @return {boolean} whether it is new
   */
  add (message) {
    if (!this.#insert(message)) return false
    this.#writing = this.#writing.then(() => this.#fs.appendFile(this.#path, `${JSON.stringify(message)}\n`, { mode: 0o600 }))
    return true
  }

  /** Resolves once everything is on disk, and rejects if it could not be. */
  async saved () {
    await this.#writing
  }

  /**
   * @param {string} id
   * @return {boolean}
   */
  has (id) {
    return this.#byId.has(id)
  }

  #insert (message) {
    if (!message || this.#byId.has(message.id)) return false
    this.#byId.set(message.id, message)
    const at = this.messages.findLastIndex((each) => compare(each, message) < 0)
    this.messages.splice(at + 1, 0, message)
    return true
  }
}

/**
 * Orders messages: what follows another comes behind it, and the order is the same for everybody.
 * @param {Message} a
 * @param {Message} b
 * @return {number}
 */
export function compare (a, b) {
  return a.clock - b.clock || a.at - b.at || (a.id < b.id ? -1 : 1)
}

function parse (line) {
  try {
    const message = JSON.parse(line)
    return typeof message.id === 'string' && Number.isFinite(message.clock) ? message : null
  } catch {
    return null
  }
}
