/**
 * @module application
 *
 * The app: its windows, its settings and its backend.
 *
 * ```js
 * import application from 'socket:application'
 * ```
 */
import { args } from 'socket:internal/args'
import { invalidArgType } from 'socket:internal/node-errors'
import { notSupported } from 'socket:internal/unsupported'
import { checkedIndex, checkedSizes } from 'socket:internal/window-size'
import { request } from 'socket:ipc'
import ApplicationWindow, { formatURL } from 'socket:window'
import * as exports from 'socket:application'

const SIZES = ['width', 'height', 'minWidth', 'minHeight', 'maxWidth', 'maxHeight']
const FLAGS = ['resizable', 'frameless', 'utility', 'canExit', 'minimizable', 'maximizable', 'closable', 'headless', 'debug']

/** How many windows an app may have. */
export const MAX_WINDOWS = 32

/** The runtime's version: `{ short, hash, full }`. */
export const runtimeVersion = args.version ?? { short: '', hash: '', full: '' }

/** Whether the app was built for debugging. */
export const debug = Boolean(args.debug)

/** The settings of `socket.ini`: `section_key` names, and the same names in camel case. */
export const config = withCamelCase(args.config ?? {})

/** Who runs this realm: `{ id, type }`. */
export const client = args.client ?? null

/** The windows that were asked for, by index; it can be iterated over. */
export class ApplicationWindowList {
  /** Makes a list of windows. */
  static from (windows) {
    return new this(windows)
  }

  /**
   * @param {Iterable<ApplicationWindow>} [windows]
   */
  constructor (windows = []) {
    for (const window of windows) this[window.index] = window
  }

  /** How many windows there are. */
  get length () { return Object.keys(this).length }

  /** The window in a place. */
  item (place) { return [...this][place] ?? undefined }

  /** Every index and its window. */
  entries () { return Object.entries(this).map(([index, window]) => [Number(index), window]) }

  /** Every index. */
  keys () { return Object.keys(this).map(Number) }

  /** Every window. */
  values () { return Object.values(this) }

  /** Calls a function with every window and its index. */
  forEach (callback, self) {
    for (const [index, window] of this.entries()) Reflect.apply(callback, self, [window, index, this])
  }

  [Symbol.iterator] () { return this.values()[Symbol.iterator]() }
}

/**
 * The index of the current window.
 * @return {number}
 */
export function getCurrentWindowIndex () {
  return args.index ?? 0
}

/**
 * Opens a window.
 * @param {object} options
 * @param {string} options.path the page
 * @param {number} options.index its number, which no other window may have
 * @param {string} [options.title]
 * @param {number|string} [options.width] pixels, or a percentage of the screen
 * @param {number|string} [options.height] pixels, or a percentage of the screen
 * @param {boolean} [options.resizable=true]
 * @return {Promise<ApplicationWindow>}
 */
export async function createWindow (options) {
  if (typeof options?.path !== 'string') throw invalidArgType('options.path', 'of type string', options?.path)
  const params = {
    index: checkedIndex(options.index),
    url: formatURL(options.path),
    title: options.title ?? '',
    ...checkedSizes({ ...options, minWidth: options.minWidth || null, minHeight: options.minHeight || null }, SIZES)
  }
  for (const name of FLAGS) {
    if (options[name] !== undefined) params[name] = Boolean(options[name])
  }
  return new ApplicationWindow({ index: options.index, ...await ask('window.create', params) })
}

/**
 * The size of the screen.
 * @return {Promise<{ width: number, height: number, scale: number }>}
 */
export function getScreenSize () {
  return ask('application.getScreenSize', {})
}

/**
 * The windows with the given numbers, or all.
 * @param {number[]} [indices]
 * @return {Promise<ApplicationWindowList>}
 */
export async function getWindows (indices) {
  if (indices !== undefined && !Array.isArray(indices)) throw invalidArgType('indices', 'an instance of Array', indices)
  const wanted = (indices ?? []).map(checkedIndex)
  const states = await ask('application.getWindows', { indices: wanted })
  return new ApplicationWindowList(states.map((state) => new ApplicationWindow(state)))
}

/**
 * The window with a number; undefined if there is none.
 * @param {number} index
 * @return {Promise<ApplicationWindow|undefined>}
 */
export async function getWindow (index) {
  const windows = await getWindows([checkedIndex(index)])
  return windows[index]
}

/**
 * The window of this page.
 * @return {Promise<ApplicationWindow>}
 */
export function getCurrentWindow () {
  return getWindow(getCurrentWindowIndex())
}

/**
 * Ends the app.
 * @param {number} [code=0]
 */
export function exit (code = 0) {
  return ask('application.exit', { value: Number(code) })
}

/** The child process that `[linux] cmd` and its siblings name. */
export const backend = {
  /**
   * Starts it.
   * @param {{ force?: boolean }} [options] whether to end one that runs first
   * @return {Promise<{ err: Error|null, data: any }>}
   */
  open (options) {
    return request('process.open', { force: Boolean(options?.force) })
  },

  /**
   * Ends it.
   * @return {Promise<{ err: Error|null, data: any }>}
   */
  close () {
    return request('process.kill', {})
  }
}

/** Sets the menu of the app. */
export async function setSystemMenu () { throw notSupported('application.setSystemMenu') }

/** Enables an item of the app's menu. */
export async function setSystemMenuItemEnabled () { throw notSupported('application.setSystemMenuItemEnabled') }

/** Sets the menu in the system tray. */
export async function setTrayMenu () { throw notSupported('application.setTrayMenu') }

/** Menus, which this runtime does not offer yet. */
export const menu = {
  system: { set: setSystemMenu },
  tray: { set: setTrayMenu },
  context: { set: async () => { throw notSupported('application.menu.context.set') } }
}

let hasPaused = false
globalThis.addEventListener?.('applicationpause', () => { hasPaused = true })
globalThis.addEventListener?.('applicationresume', () => { hasPaused = false })

/** Whether the system has paused the app; only phones do. */
export function isPaused () {
  return hasPaused
}

/** Listens to an event of the app. */
export function addEventListener (type, listener, options) {
  globalThis.addEventListener(type, listener, options)
}

/** Stops listening to an event of the app. */
export function removeEventListener (type, listener, options) {
  globalThis.removeEventListener(type, listener, options)
}

export default exports

async function ask (command, params) {
  const { err, data } = await request(command, params)
  if (err) throw err
  return data
}

/** Adds `buildName` for `build_name`, hidden so that a listing shows each setting once. */
function withCamelCase (settings) {
  const all = { ...settings }
  for (const key of Object.keys(settings)) {
    const camel = key.replace(/_+([a-z0-9])/gi, (_, letter) => letter.toUpperCase())
    if (!(camel in all)) Object.defineProperty(all, camel, { get: () => all[key] })
  }
  return Object.freeze(all)
}
