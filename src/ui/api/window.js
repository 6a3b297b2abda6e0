/**
 * @module window
 *
 * One window of the app. Get one from `socket:application`: `getCurrentWindow`, `getWindow`, `createWindow`.
 */
import { args } from 'socket:internal/args'
import { invalidArgType, invalidArgValue } from 'socket:internal/node-errors'
import { notSupported } from 'socket:internal/unsupported'
import { checkedSizes } from 'socket:internal/window-size'
import { request, send } from 'socket:ipc'
import * as constants from 'socket:window/constants'

export { constants }

/** Who runs this realm: `{ id, type }`. */
export const client = args.client ?? null

/** Key bindings of the whole system, which this runtime does not offer. */
export const hotkey = {
  bind: async () => { throw notSupported('hotkey.bind') },
  unbind: async () => { throw notSupported('hotkey.unbind') },
  getBindings: async () => { throw notSupported('hotkey.getBindings') },
  getMappings: async () => { throw notSupported('hotkey.getMappings') }
}

/**
 * Makes a whole URL of a path, seen from the page.
 * @param {string|URL} url
 * @return {string}
 */
export function formatURL (url) {
  const base = globalThis.location?.href
  return String(new URL(url, base?.startsWith('socket:') || base?.startsWith('http') ? base : 'socket://localhost/'))
}

/** A window, and what was last known of it. */
export class ApplicationWindow {
  static constants = constants
  static hotkey = hotkey

  #index
  #state
  #listeners = new Map()
  #channel = null

  /**
   * @param {{ index: number, title?: string, width?: number, height?: number, status?: number }} state
   */
  constructor ({ index, ...state }) {
    this.#index = Number(index)
    this.#state = state
  }

  /** The number of the window. */
  get index () { return this.#index }

  /** The number of the window, by another name. */
  get id () { return this.#index }

  /** The window's messages to the other windows of the app. */
  get channel () {
    this.#channel ??= new BroadcastChannel(`socket.runtime.window.${this.#index}`)
    return this.#channel
  }

  /** Where the page is. */
  get location () { return this.#isCurrent ? globalThis.location ?? null : null }

  /** @return {{ width: number, height: number }} the size when it was last heard of */
  getSize () {
    return { width: this.#state.width, height: this.#state.height }
  }

  /** @return {{ x: number, y: number }} the position when it was last heard of */
  getPosition () {
    return { x: this.#state.x, y: this.#state.y }
  }

  /** @return {string} the title when it was last heard of */
  getTitle () {
    return this.#state.title
  }

  /** @return {number} one of `constants` */
  getStatus () {
    return this.#state.status
  }

  /** Closes the window. */
  close () { return this.#call('window.close') }

  /** Shows the window. */
  show () { return this.#call('window.show') }

  /** Hides the window. */
  hide () { return this.#call('window.hide') }

  /** Makes the window as large as the screen. */
  maximize () { return this.#call('window.maximize') }

  /** Puts the window out of sight. */
  minimize () { return this.#call('window.minimize') }

  /** Gives the window its former size. */
  restore () { return this.#call('window.restore') }

  /**
   * @param {string} title
   */
  setTitle (title) {
    return this.#call('window.setTitle', { value: String(title) })
  }

  /**
   * @param {{ width?: number|string, height?: number|string }} options pixels, or percentages of the screen
   */
  async setSize (options) {
    return this.#call('window.setSize', checkedSizes(options, ['width', 'height']))
  }

  /**
   * @param {{ x: number, y: number }} options pixels
   */
  async setPosition (options) {
    for (const name of ['x', 'y']) {
      if (!Number.isFinite(Number(options?.[name]))) throw invalidArgType(`options.${name}`, 'of type number', options?.[name])
    }
    return this.#call('window.setPosition', { x: Number(options.x), y: Number(options.y) })
  }

  /**
   * @param {{ red: number, green: number, blue: number, alpha?: number }} color
   */
  setBackgroundColor (color) {
    const { red, green, blue, alpha = 1 } = color ?? {}
    return this.#call('window.setBackgroundColor', { red, green, blue, alpha })
  }

  /**
   * Opens another page of the app in the window.
   * @param {string} path
   */
  async navigate (path) {
    return this.#call('window.navigate', { url: formatURL(path) })
  }

  /** Opens the Web Inspector. */
  showInspector () { return this.#call('window.showInspector') }

  /**
   * Sends an event to another window or to the backend. Only the current window can.
   * @param {{ window?: number, backend?: boolean, event: string, value?: any }} options
   */
  async send (options) {
    this.#insistOnCurrent('send')
    if (options?.backend === true && options.window != null) {
      throw invalidArgValue('options.window', options.window, 'cannot be used together with options.backend')
    }
    if (options?.backend !== true && !Number.isInteger(options?.window)) {
      throw invalidArgType('options.window', 'an integer', options?.window)
    }
    if (typeof options.event !== 'string' || options.event === '') {
      throw invalidArgType('options.event', 'a non-empty string', options.event)
    }
    const { event } = options
    const value = typeof options.value === 'string' ? options.value : JSON.stringify(options.value)
    // A backend parses every value as JSON, so that a string is quoted for it.
    if (options.backend === true) return send('process.write', { event, value: value === undefined ? null : JSON.stringify(value) })
    return send('window.send', { window: options.window, event, value: value ?? null })
  }

  /**
   * Sends a message to whoever listens to this window's channel.
   * @param {{ event?: string, value?: any }|any} message
   */
  async postMessage (message) {
    if (this.#isCurrent || typeof message?.event !== 'string') return this.channel.postMessage(message)
    const value = typeof message.value === 'string' ? message.value : JSON.stringify(message.value)
    return send('window.send', { window: this.#index, event: message.event, value: value ?? null })
  }

  /**
   * Opens an address with the program that the user has chosen for it.
   * @param {string|{ url?: string, value?: string }} options
   */
  openExternal (options) {
    const url = typeof options === 'string' ? options : options?.url ?? options?.value
    return request('platform.openExternal', { url: String(url) })
  }

  /** Shows a file in the file manager. */
  async revealFile () { throw notSupported('ApplicationWindow.revealFile') }

  /** Opens a context menu. */
  async setContextMenu () { throw notSupported('ApplicationWindow.setContextMenu') }

  /** Asks for files to open. */
  async showOpenFilePicker () { throw notSupported('ApplicationWindow.showOpenFilePicker') }

  /** Asks for a file to save to. */
  async showSaveFilePicker () { throw notSupported('ApplicationWindow.showSaveFilePicker') }

  /** Asks for a folder. */
  async showDirectoryFilePicker () { throw notSupported('ApplicationWindow.showDirectoryFilePicker') }

  /** Adds a listener for an event that arrives in this window. */
  addListener (event, listener) {
    return this.#listen('addListener', event, listener, false)
  }

  /** The same as `addListener`. */
  on (event, listener) {
    return this.#listen('on', event, listener, false)
  }

  /** Adds a listener that is called once. */
  once (event, listener) {
    return this.#listen('once', event, listener, true)
  }

  /** Removes a listener. */
  removeListener (event, listener) {
    this.#insistOnCurrent('removeListener')
    this.#forget(event, listener)
    globalThis.removeEventListener(event, listener)
    return this
  }

  /** The same as `removeListener`. */
  off (event, listener) {
    return this.removeListener(event, listener)
  }

  /** Removes every listener that was added here, or those of one event. */
  removeAllListeners (event) {
    this.#insistOnCurrent('removeAllListeners')
    for (const name of event === undefined ? [...this.#listeners.keys()] : [event]) {
      for (const listener of [...this.#listeners.get(name) ?? []]) this.removeListener(name, listener)
    }
    return this
  }

  get #isCurrent () {
    return this.#index === (args.index ?? 0)
  }

  #insistOnCurrent (method) {
    if (!this.#isCurrent) throw new Error(`ApplicationWindow.${method} works on the current window only`)
  }

  #listen (method, event, listener, isOnce) {
    this.#insistOnCurrent(method)
    if (typeof listener !== 'function') throw invalidArgType('listener', 'of type function', listener)
    this.#listeners.set(event, (this.#listeners.get(event) ?? new Set()).add(listener))
    globalThis.addEventListener(event, listener, { once: isOnce })
    return this
  }

  #forget (event, listener) {
    const listeners = this.#listeners.get(event)
    listeners?.delete(listener)
    if (listeners?.size === 0) this.#listeners.delete(event)
  }

  /** Makes a call for this window and remembers the state that it answers with. */
  async #call (command, params = {}) {
    const { err, data } = await request(command, { ...params, targetWindowIndex: this.#index })
    if (err) throw err
    if (data !== null && typeof data === 'object') {
      const { index, ...state } = data
      this.#state = { ...this.#state, ...state }
    }
    return data
  }
}

export default ApplicationWindow
