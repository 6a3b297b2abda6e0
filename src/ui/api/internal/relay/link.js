/**
 * One attachment of this window to a peer that the app runs.
 *
 * The peer itself lives on the native side and goes on relaying when the attachment, the page or the
 * window is gone. A link emits what happens at its peer: each line by the name of its event, see
 * `lines.js`.
 *
 * Invariant: every link to the same peer hears the same lines, whichever of them asked for what.
 */
import { EventEmitter } from 'socket:events'
import { startEvents } from 'socket:internal/poll'
import { call, callSync } from 'socket:internal/transport'

/** How many lines wait for a link that is still being opened, before the oldest is dropped. */
const EARLY_MAX = 1024

const links = new Set()
const early = []
let opening = 0
let isListening = false

/** What a link needs to be told apart: the id of the attachment, and that of the peer. */
export class Link extends EventEmitter {
  #id
  #isClosed = false

  /**
   * Opens a peer, or attaches to it if the app has it already.
   * @param {object} params as `relay.open` takes them
   * @param {(link: Link) => void} prepare adds the listeners, before the first line
   * @return {Promise<Link>}
   */
  static async open (params, prepare) {
    listen()
    opening += 1
    try {
      const { err, data } = await call('relay.open', params)
      if (err) throw err
      const link = new Link(data)
      prepare(link)
      links.add(link)
      for (const line of early) if (line.local === link.local) link.emit(line.event, line)
      return link
    } finally {
      opening -= 1
      if (opening === 0) early.length = 0
    }
  }

  /** @param {{ id: string, report: object }} opened what `relay.open` answered */
  constructor ({ id, report }) {
    super()
    this.setMaxListeners(0)
    this.#id = id
    this.local = report.peer
    this.report = report
  }

  /** Whether it has been closed, or the peer has ended. */
  get isClosed () {
    return this.#isClosed
  }

  /**
   * Calls a command of the peer.
   * @param {string} command without `relay.`
   * @param {object} [params]
   * @param {Uint8Array} [body]
   * @return {Promise<any>}
   */
  async ask (command, params, body) {
    const { err, data } = await call(`relay.${command}`, { ...params, id: this.#id }, { body })
    if (err) throw err
    return data
  }

  /** The same, and blocks. */
  askSync (command, params) {
    const { err, data } = callSync(`relay.${command}`, { ...params, id: this.#id })
    if (err) throw err
    return data
  }

  /**
   * Tells the other links of this page to the same peer what this one did: the native side tells
   * other windows only.
   * @param {object} line
   */
  tell (line) {
    for (const link of links) if (link !== this && link.local === this.local) link.emit(line.event, line)
  }

  /** Detaches; the peer goes on. */
  async close () {
    if (!this.end()) return
    const { err } = await call('relay.close', { id: this.#id })
    if (err && err.code !== 'ERR_RELAY_NO_PEER') throw err
  }

  /** Hears nothing any more; true if it did. */
  end () {
    this.#isClosed = true
    return links.delete(this)
  }
}

function listen () {
  startEvents()
  if (isListening) return
  isListening = true
  globalThis.addEventListener('relay', ({ detail }) => dispatch(detail))
}

function dispatch (line) {
  if (opening > 0) {
    if (early.length === EARLY_MAX) early.shift()
    early.push(line)
  }
  for (const link of [...links]) if (link.local === line.local) link.emit(line.event, line)
}

export default Link
