/**
 * The web's event classes, with small ones of our own where a realm lacks them.
 */

/** An event. */
export const Event = globalThis.Event

/** What events are dispatched on. */
export const EventTarget = globalThis.EventTarget

/** An event with a `detail`. */
export const CustomEvent = globalThis.CustomEvent ?? class CustomEvent extends Event {
  #detail
  constructor (type, options) {
    super(type, options)
    this.#detail = options?.detail ?? null
  }

  get detail () { return this.#detail }
}

/** An event with `data`. */
export const MessageEvent = globalThis.MessageEvent ?? class MessageEvent extends Event {
  #options
  constructor (type, options) {
    super(type, options)
    this.#options = options
  }

  get data () { return this.#options?.data ?? null }
  get origin () { return this.#options?.origin ?? '' }
  get lastEventId () { return this.#options?.lastEventId ?? '' }
  get source () { return this.#options?.source ?? null }
  get ports () { return this.#options?.ports ?? [] }
}

/** An event with an `error`. */
export const ErrorEvent = globalThis.ErrorEvent ?? class ErrorEvent extends Event {
  #options
  constructor (type, options) {
    super(type, options)
    this.#options = options
  }

  get message () { return this.#options?.message ?? '' }
  get filename () { return this.#options?.filename ?? '' }
  get lineno () { return this.#options?.lineno ?? 0 }
  get colno () { return this.#options?.colno ?? 0 }
  get error () { return this.#options?.error ?? null }
}
