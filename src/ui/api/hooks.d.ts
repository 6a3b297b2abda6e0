/**
 * @module hooks
 *
 * Callbacks for what happens to the page and the app. Each function returns one that takes the callback away again.
 */
declare module 'socket:hooks' {
  import * as exports from 'socket:hooks'

  /** The events of the page that hooks pass on. */
  export const GLOBAL_EVENTS: readonly string[]

  /** Passes on what happens to the page, and remembers what has happened already. */
  export class Hooks extends EventTarget {
    static GLOBAL_EVENTS: typeof exports.GLOBAL_EVENTS
    static InitEvent: typeof exports.InitEvent
    static LoadEvent: typeof exports.LoadEvent
    static ReadyEvent: typeof exports.ReadyEvent
    static RuntimeInitEvent: typeof exports.RuntimeInitEvent
    constructor ()
    /** The events that are passed on. */
    get globalEvents (): any
    /** The global object. */
    get global (): any
    /** The document, or null in a worker. */
    get document (): any
    /** The window, or null in a worker. */
    get window (): any
    /** Whether the document and all in it is loaded. */
    get isDocumentReady (): boolean
    /** Whether the page, or the worker, is loaded. */
    get isGlobalReady (): boolean
    /** Whether the runtime is there, as it always is. */
    get isRuntimeReady (): boolean
    /** Whether all is there. */
    get isReady (): boolean
    /** Whether there is a network. */
    get isOnline (): boolean
    /** Whether this is a worker. */
    get isWorkerContext (): boolean
    /** Whether this is a page. */
    get isWindowContext (): boolean
    /** Waits for the event of a type, or on a condition that holds already. */
    wait (type?: any, options?: any): Promise<any>
    /** Calls back once when the page is loaded and the runtime there. */
    onReady (callback: (event: any) => void): () => void
    /** Calls back once when the page is loaded. */
    onLoad (callback: (event: any) => void): () => void
    /** Calls back once when the runtime is there. */
    onInit (callback: (event: any) => void): () => void
    /** Calls back on errors that nobody caught. */
    onError (callback: (event: any) => void): () => void
    /** Calls back when data arrives. */
    onData (callback: (event: any) => void): () => void
    /** Calls back when a message arrives. */
    onMessage (callback: (event: any) => void): () => void
    /** Calls back when the network comes. */
    onOnline (callback: (event: any) => void): () => void
    /** Calls back when the network goes. */
    onOffline (callback: (event: any) => void): () => void
    /** Calls back when the user's language changes. */
    onLanguageChange (callback: (event: any) => void): () => void
    /** Calls back when a permission changes. */
    onPermissionChange (callback: (event: any) => void): () => void
    /** Calls back when the user answers a notification. */
    onNotificationResponse (callback: (event: any) => void): () => void
    /** Calls back when a notification is shown. */
    onNotificationPresented (callback: (event: any) => void): () => void
    /** Calls back when the app is opened by an address. */
    onApplicationURL (callback: (event: any) => void): () => void
    /** Calls back when the system pauses the app. */
    onApplicationPause (callback: (event: any) => void): () => void
    /** Calls back when the system resumes the app. */
    onApplicationResume (callback: (event: any) => void): () => void
  }

  /** The runtime is there. */
  export class InitEvent extends Event {
    constructor ()
  }

  /** The page is loaded. */
  export class LoadEvent extends Event {
    constructor ()
  }

  /** The event that says that the runtime is there. Here the runtime is there before any script of the page. */
  export const RUNTIME_INIT_EVENT_NAME: string

  /** Both. */
  export class ReadyEvent extends Event {
    constructor ()
  }

  /** The runtime is there, as told to the page. */
  export class RuntimeInitEvent extends Event {
    constructor ()
  }

  /** Calls back when the system pauses the app. */
  export function onApplicationPause (callback: (event: any) => void): () => void

  /** Calls back when the system resumes the app. */
  export function onApplicationResume (callback: (event: any) => void): () => void

  /** Calls back when the app is opened by an address. */
  export function onApplicationURL (callback: (event: any) => void): () => void

  /** Calls back when data arrives. */
  export function onData (callback: (event: any) => void): () => void

  /** Calls back on errors that nobody caught. */
  export function onError (callback: (event: any) => void): () => void

  /** Calls back once when the runtime is there. */
  export function onInit (callback: (event: any) => void): () => void

  /** Calls back when the user's language changes. */
  export function onLanguageChange (callback: (event: any) => void): () => void

  /** Calls back once when the page is loaded. */
  export function onLoad (callback: (event: any) => void): () => void

  /** Calls back when a message arrives. */
  export function onMessage (callback: (event: any) => void): () => void

  /** Calls back when a notification is shown. */
  export function onNotificationPresented (callback: (event: any) => void): () => void

  /** Calls back when the user answers a notification. */
  export function onNotificationResponse (callback: (event: any) => void): () => void

  /** Calls back when the network goes. */
  export function onOffline (callback: (event: any) => void): () => void

  /** Calls back when the network comes. */
  export function onOnline (callback: (event: any) => void): () => void

  /** Calls back when a permission changes. */
  export function onPermissionChange (callback: (event: any) => void): () => void

  /** Calls back once when the page is loaded and the runtime there. */
  export function onReady (callback: (event: any) => void): () => void

  /** Waits for the event of a type. */
  export function wait (type?: any, options?: any): any

  /** The hooks of this realm. */
  const hooks: Hooks
  export default hooks
}
