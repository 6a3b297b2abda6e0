/**
 * Messages of the form `ipc://command?key=value`.
 */

/**
 * Reads a parameter as JSON if it is JSON, else as the string that it is.
 * @param {string} text
 * @return {any}
 */
export function parseValue (text) {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** One `ipc://` message: a command with parameters, and bytes beside it. */
export class Message extends URL {
  /** The protocol that every message has. */
  static get PROTOCOL () {
    return 'ipc:'
  }

  /**
   * Makes a message from a URI, a command's name, another message or `{ command, params }`.
   * @param {string|URL|Message|ArrayBuffer|Uint8Array|object} input
   * @param {object|URLSearchParams|Uint8Array} [params]
   * @param {ArrayBuffer|Uint8Array|string} [bytes]
   * @return {Message}
   */
  static from (input, params, bytes = null) {
    if (isBytes(params)) return this.from(input, null, params)
    if (isBytes(input)) input = new TextDecoder().decode(input)
    const isPlain = typeof input === 'object' && input !== null && !(input instanceof URL)
    let text = isPlain ? String(input.command) : String(input)
    if (!text.startsWith(`${this.PROTOCOL}//`)) text = `${this.PROTOCOL}//${text}`
    const message = new this(text, toBytes(bytes ?? (input instanceof Message ? input.bytes : null)))
    if (isPlain) message.#assign(input.params)
    message.#assign(params)
    return message
  }

  /**
   * Tells if `input` looks like a message.
   * @param {unknown} input
   * @return {boolean}
   */
  static isValidInput (input) {
    const prefix = `${this.PROTOCOL}//`
    const text = String(input)
    return text.startsWith(prefix) && text.length > prefix.length
  }

  /** The bytes that go with the message. */
  bytes = null

  /**
   * @param {string|URL} input
   * @param {Uint8Array} [bytes]
   */
  constructor (input, bytes = null) {
    super(String(input))
    if (this.protocol !== Message.PROTOCOL) {
      throw new TypeError(`expected a message that starts with 'ipc://', got '${this.protocol}'`)
    }
    this.bytes = bytes
  }

  /** The command's name. */
  get command () {
    return this.hostname || this.host || this.pathname.replace(/^\/+/, '')
  }

  /** The command's name. */
  get name () {
    return this.command
  }

  /** The parameter `id`. */
  get id () {
    return this.searchParams.get('id')
  }

  /** The parameter `seq`. */
  get seq () {
    return this.searchParams.get('seq')
  }

  /** The parameter `value`, read as JSON where it is JSON. */
  get value () {
    return this.get('value') ?? null
  }

  /** The window that the message is about, or -1. */
  get index () {
    const index = Number.parseInt(this.searchParams.get('index') ?? '', 10)
    return Number.isFinite(index) ? index : -1
  }

  /** The parameter `value` as JSON, or null if it is not JSON. */
  get json () {
    try {
      return JSON.parse(this.searchParams.get('value') ?? 'null')
    } catch {
      return null
    }
  }

  /** All parameters, read as JSON where they are JSON. */
  get params () {
    return Object.fromEntries(this.entries())
  }

  /** All parameters as strings. */
  get rawParams () {
    return Object.fromEntries(this.searchParams.entries())
  }

  /** All parameters as pairs. */
  entries () {
    return [...this.searchParams.entries()].map(([key, value]) => [key, parseValue(value)])
  }

  /**
   * Sets a parameter; objects are written as JSON.
   * @param {string} key
   * @param {any} value
   */
  set (key, value) {
    const isObject = typeof value === 'object' && value !== null
    this.searchParams.set(key, isObject ? JSON.stringify(value) : value)
  }

  /**
   * Reads a parameter.
   * @param {string} key
   * @param {any} [defaultValue]
   * @return {any}
   */
  get (key, defaultValue) {
    return this.has(key) ? parseValue(this.searchParams.get(key)) : defaultValue
  }

  /**
   * Removes a parameter; true if there was one.
   * @param {string} key
   * @return {boolean}
   */
  delete (key) {
    const had = this.has(key)
    this.searchParams.delete(key)
    return had
  }

  /** The names of all parameters. */
  keys () {
    return [...this.searchParams.keys()]
  }

  /** The values of all parameters. */
  values () {
    return [...this.searchParams.values()].map(parseValue)
  }

  /**
   * Tells if there is a parameter of that name.
   * @param {string} key
   * @return {boolean}
   */
  has (key) {
    return this.searchParams.has(key)
  }

  #assign (params) {
    if (!params) return
    const entries = typeof params.entries === 'function' ? params.entries() : Object.entries(params)
    for (const [key, value] of entries) this.set(key, value)
  }
}

function isBytes (value) {
  return value instanceof ArrayBuffer || ArrayBuffer.isView(value)
}

function toBytes (value) {
  if (typeof value === 'string') return new TextEncoder().encode(value)
  if (value instanceof ArrayBuffer) return new Uint8Array(value)
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
  return null
}

export default Message
