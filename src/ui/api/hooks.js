/**
 * @module hooks
 *
 * Callbacks for what happens to the page and the app. Each function returns one that takes the callback away again.
 *
 * ```js
 * import { onReady } from 'socket:hooks'
 * onReady(() => console.log('the document and the runtime are there'))
 * ```
 */
import { CustomEvent, ErrorEvent, Event, EventTarget, MessageEvent } from 'socket:events'

/** The event that says that the runtime is there. Here the runtime is there before any script of the page. */
export const RUNTIME_INIT_EVENT_NAME = '__runtime_init__'

/** The events of the page that hooks pass on. */
export const GLOBAL_EVENTS = Object.freeze([
  RUNTIME_INIT_EVENT_NAME, 'applicationpause', 'applicationresume', 'applicationurl', 'data', 'error', 'init', 'languagechange', 'load',
  'message', 'messageerror', 'notificationpresented', 'notificationresponse', 'offline', 'online', 'permissionchange', 'unhandledrejection'
])

/** The runtime is there. */
export class InitEvent extends Event {
  constructor () { super('init') }
}

/** The page is loaded. */
export class LoadEvent extends Event {
  constructor () { super('load') }
}

/** Both. */
export class ReadyEvent extends Event {
  constructor () { super('ready') }
}

/** The runtime is there, as told to the page. */
export class RuntimeInitEvent extends Event {
  constructor () { super(RUNTIME_INIT_EVENT_NAME) }
}

/** Passes on what happens to the page, and remembers what has happened already. */
export class Hooks extends EventTarget {
  static GLOBAL_EVENTS = GLOBAL_EVENTS
  static InitEvent = InitEvent
  static LoadEvent = LoadEvent
  static ReadyEvent = ReadyEvent
  static RuntimeInitEvent = RuntimeInitEvent

  #isLoaded = false

  constructor () {
    super()
    for (const type of GLOBAL_EVENTS) {
      if (type !== 'load' && type !== 'init') this.global.addEventListener?.(type, (event) => this.dispatchEvent(copyOf(event)))
    }
    queueMicrotask(() => this.#start())
  }

  /** The events that are passed on. */
  get globalEvents () { return GLOBAL_EVENTS }
  /** The global object. */
  get global () { return globalThis }
  /** The document, or null in a worker. */
  get document () { return globalThis.document ?? null }
  /** The window, or null in a worker. */
  get window () { return globalThis.window ?? null }
  /** Whether the document and all in it is loaded. */
  get isDocumentReady () { return this.document?.readyState === 'complete' }
  /** Whether the page, or the worker, is loaded. */
  get isGlobalReady () { return this.#isLoaded }
  /** Whether the runtime is there, as it always is. */
  get isRuntimeReady () { return true }
  /** Whether all is there. */
  get isReady () { return this.isRuntimeReady && (this.isWorkerContext || this.isDocumentReady) }
  /** Whether there is a network. */
  get isOnline () { return globalThis.navigator?.onLine ?? false }
  /** Whether this is a worker. */
  get isWorkerContext () { return !this.document && !this.window && Boolean(globalThis.self) }
  /** Whether this is a page. */
  get isWindowContext () { return Boolean(this.document && this.window) }

  /** Waits for the event of a type, or on a condition that holds already. */
  async wait (type, options) {
    return new Promise((resolve) => this.addEventListener(type, resolve, { once: true, ...options }))
  }

  /** Calls back once when the page is loaded and the runtime there. */
  onReady (callback) { return this.#once('ready', this.isReady, callback) }
  /** Calls back once when the page is loaded. */
  onLoad (callback) { return this.#once('load', this.isGlobalReady, callback) }
  /** Calls back once when the runtime is there. */
  onInit (callback) { return this.#once('init', this.isRuntimeReady, callback) }
  /** Calls back on errors that nobody caught. */
  onError (callback) { return this.#on(['error', 'messageerror', 'unhandledrejection'], callback) }
  /** Calls back when data arrives. */
  onData (callback) { return this.#on(['data'], callback) }
  /** Calls back when a message arrives. */
  onMessage (callback) { return this.#on(['message'], callback) }
  /** Calls back when the network comes. */
  onOnline (callback) { return this.#on(['online'], callback) }
  /** Calls back when the network goes. */
  onOffline (callback) { return this.#on(['offline'], callback) }
  /** Calls back when the user's language changes. */
  onLanguageChange (callback) { return this.#on(['languagechange'], callback) }
  /** Calls back when a permission changes. */
  onPermissionChange (callback) { return this.#on(['permissionchange'], callback) }
  /** Calls back when the user answers a notification. */
  onNotificationResponse (callback) { return this.#on(['notificationresponse'], callback) }
  /** Calls back when a notification is shown. */
  onNotificationPresented (callback) { return this.#on(['notificationpresented'], callback) }
  /** Calls back when the app is opened by an address. */
  onApplicationURL (callback) { return this.#on(['applicationurl'], callback) }
  /** Calls back when the system pauses the app. */
  onApplicationPause (callback) { return this.#on(['applicationpause'], callback) }
  /** Calls back when the system resumes the app. */
  onApplicationResume (callback) { return this.#on(['applicationresume'], callback) }

  #start () {
    this.dispatchEvent(new InitEvent())
    if (this.isWorkerContext || !this.document || this.isDocumentReady) return this.#loaded()
    globalThis.addEventListener('load', () => this.#loaded(), { once: true })
  }

  #loaded () {
    this.#isLoaded = true
    this.dispatchEvent(new LoadEvent())
    this.dispatchEvent(new ReadyEvent())
  }

  #once (type, isNow, callback) {
    if (isNow) {
      const timer = setTimeout(callback)
      return () => clearTimeout(timer)
    }
    this.addEventListener(type, callback, { once: true })
    return () => this.removeEventListener(type, callback)
  }

  #on (types, callback) {
    for (const type of types) this.addEventListener(type, callback)
    return () => {
      for (const type of types) this.removeEventListener(type, callback)
    }
  }
}

const hooks = new Hooks()

export default hooks

/** Waits for the event of a type. */
export const wait = (type, options) => hooks.wait(type, options)
/** Calls back once when the page is loaded and the runtime there. */
export const onReady = (callback) => hooks.onReady(callback)
/** Calls back once when the page is loaded. */
export const onLoad = (callback) => hooks.onLoad(callback)
/** Calls back once when the runtime is there. */
export const onInit = (callback) => hooks.onInit(callback)
/** Calls back on errors that nobody caught. */
export const onError = (callback) => hooks.onError(callback)
/** Calls back when data arrives. */
export const onData = (callback) => hooks.onData(callback)
/** Calls back when a message arrives. */
export const onMessage = (callback) => hooks.onMessage(callback)
/** Calls back when the network comes. */
export const onOnline = (callback) => hooks.onOnline(callback)
/** Calls back when the network goes. */
export const onOffline = (callback) => hooks.onOffline(callback)
/** Calls back when the user's language changes. */
export const onLanguageChange = (callback) => hooks.onLanguageChange(callback)
/** Calls back when a permission changes. */
export const onPermissionChange = (callback) => hooks.onPermissionChange(callback)
/** Calls back when the user answers a notification. */
export const onNotificationResponse = (callback) => hooks.onNotificationResponse(callback)
/** Calls back when a notification is shown. */
export const onNotificationPresented = (callback) => hooks.onNotificationPresented(callback)
/** Calls back when the app is opened by an address. */
export const onApplicationURL = (callback) => hooks.onApplicationURL(callback)
/** Calls back when the system pauses the app. */
export const onApplicationPause = (callback) => hooks.onApplicationPause(callback)
/** Calls back when the system resumes the app. */
export const onApplicationResume = (callback) => hooks.onApplicationResume(callback)

/** An event can be dispatched once: hooks need one of their own. */
function copyOf ({ type, data, detail, error, reason, origin, message, filename }) {
  if (error ?? reason) {
    return Object.assign(new ErrorEvent(type, { message, filename, error: error ?? reason }), { reason: error ?? reason })
  }
  if (data !== undefined && data !== null) return new MessageEvent(type, { origin, data })
  return detail === undefined || detail === null ? new Event(type) : new CustomEvent(type, { detail })
}
