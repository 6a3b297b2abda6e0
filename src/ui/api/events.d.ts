/**
 * @module events
 *
 * `EventEmitter` with Node's semantics, and the event classes of the web.
 */
declare module 'socket:events' {
  /** Calls named listeners in the order in which they were added. */
  export class EventEmitter {
    static EventEmitter: typeof EventEmitter
    static once: typeof once
    static on: typeof on
    static listenerCount: typeof listenerCount
    static getEventListeners: typeof getEventListeners
    static getMaxListeners: typeof getMaxListeners
    static setMaxListeners: typeof setMaxListeners
    static readonly errorMonitor: symbol
    static readonly captureRejectionSymbol: symbol
    static defaultMaxListeners: number
    /** Calls every listener of an event; true if there was one. */
    emit (name: string | symbol, ...values: any[]): boolean
    /** Adds a listener behind the others. */
    on (name: string | symbol, listener: (...values: any[]) => void): this
    /** The same as `on`. */
    addListener (name: string | symbol, listener: (...values: any[]) => void): this
    /** Adds a listener that is called once. */
    once (name: string | symbol, listener: (...values: any[]) => void): this
    /** Adds a listener before the others. */
    prependListener (name: string | symbol, listener: (...values: any[]) => void): this
    /** Adds a listener that is called once, before the others. */
    prependOnceListener (name: string | symbol, listener: (...values: any[]) => void): this
    /** Removes the listener that was added last, if there are several equal ones. */
    removeListener (name: string | symbol, listener: (...values: any[]) => void): this
    /** The same as `removeListener`. */
    off (name: string | symbol, listener: (...values: any[]) => void): this
    /** Removes every listener, or those of one event. */
    removeAllListeners (name?: string | symbol): this
    /** The listeners of an event. */
    listeners (name: string | symbol): Array<(...values: any[]) => any>
    /** The listeners of an event as they are kept. */
    rawListeners (name: string | symbol): Array<(...values: any[]) => any>
    /** How many listeners an event has, or how often it has one listener. */
    listenerCount (name: string | symbol, listener?: (...values: any[]) => any): number
    /** The events that have listeners. */
    eventNames (): Array<string | symbol>
    /** Sets how many listeners an event may have before a warning is given; 0 is no limit. */
    setMaxListeners (count: number): this
    /** How many listeners an event may have before a warning is given. */
    getMaxListeners (): number
  }

  /** Listeners of this event see an `error` event without handling it. */
  export const errorMonitor: symbol
  /** The name under which an emitter may take rejections; kept for compatibility. */
  export const captureRejectionSymbol: symbol
  /** Waits for one event of an emitter or an event target. */
  export function once (emitter: EventEmitter | globalThis.EventTarget, name: string | symbol, options?: { signal?: AbortSignal }): Promise<any[]>
  /** Iterates over the events of an emitter or an event target. */
  export function on (emitter: EventEmitter | globalThis.EventTarget, name: string | symbol, options?: { signal?: AbortSignal, close?: string[] }): AsyncIterableIterator<any[]>
  /** How many listeners an emitter has for an event. */
  export function listenerCount (emitter: EventEmitter, name: string | symbol): number
  /** A copy of an emitter's listeners for an event. */
  export function getEventListeners (emitter: EventEmitter, name: string | symbol): Array<(...values: any[]) => any>
  /** How many listeners an emitter's event may have before a warning is given. */
  export function getMaxListeners (emitter: EventEmitter): number
  /** Sets the limit of the given emitters, or of all if none is given. */
  export function setMaxListeners (count?: number, ...emitters: EventEmitter[]): void
  /** An event. */
  export const Event: typeof globalThis.Event
  /** What events are dispatched on. */
  export const EventTarget: typeof globalThis.EventTarget
  /** An event with a `detail`. */
  export const CustomEvent: typeof globalThis.CustomEvent
  /** An event with `data`. */
  export const MessageEvent: typeof globalThis.MessageEvent
  /** An event with an `error`. */
  export const ErrorEvent: typeof globalThis.ErrorEvent

  export { EventEmitter as default }
}
