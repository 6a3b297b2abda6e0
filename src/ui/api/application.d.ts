/**
 * @module application
 *
 * The app: its windows, its settings and its backend.
 */
declare module 'socket:application' {
  import { ApplicationWindow } from 'socket:window'

  /** The windows that were asked for, by index; it can be iterated over. */
  export class ApplicationWindowList {
    [index: number]: ApplicationWindow
    /** Makes a list of windows. */
    static from (windows?: any): any
    constructor (windows?: Iterable<ApplicationWindow>)
    /** How many windows there are. */
    get length (): number
    /** The window in a place. */
    item (place?: any): any
    /** Every index and its window. */
    entries (): any
    /** Every index. */
    keys (): any
    /** Every window. */
    values (): any
    /** Calls a function with every window and its index. */
    forEach (callback?: any, self?: any): any
    [Symbol.iterator] (): IterableIterator<ApplicationWindow>
  }

  /** How many windows an app may have. */
  export const MAX_WINDOWS: number

  /** Listens to an event of the app. */
  export function addEventListener (type?: any, listener?: any, options?: any): any

  /** The child process that `[linux] cmd` and its siblings name. */
  export const backend: {
    /** Starts it; ends one that runs first if asked to. */
    open (options?: { force?: boolean }): Promise<{ err: Error | null, data: any }>
    /** Ends it. */
    close (): Promise<{ err: Error | null, data: any }>
  }

  /** Who runs this realm: `{ id, type }`. */
  export const client: { id: string, type: string } | null

  /** The settings of `socket.ini`: `section_key` names, and the same names in camel case. */
  export const config: Readonly<Record<string, any>>

  /** Opens a window. */
  export function createWindow (options: {
    path: string, index: number, title?: string, width?: number | string, height?: number | string,
    minWidth?: number | string, minHeight?: number | string, maxWidth?: number | string, maxHeight?: number | string,
    resizable?: boolean, frameless?: boolean, utility?: boolean, canExit?: boolean, [name: string]: any
  }): Promise<ApplicationWindow>

  /** Whether the app was built for debugging. */
  export const debug: boolean

  /** Ends the app. */
  export function exit (code?: number): Promise<any>

  /** The window of this page. */
  export function getCurrentWindow (): Promise<ApplicationWindow>

  /** The index of the current window. */
  export function getCurrentWindowIndex (): number

  /** The size of the screen. */
  export function getScreenSize (): Promise<{ width: number, height: number, scale: number }>

  /** The window with a number; undefined if there is none. */
  export function getWindow (index: number): Promise<ApplicationWindow|undefined>

  /** The windows with the given numbers, or all. */
  export function getWindows (indices?: number[]): Promise<ApplicationWindowList>

  /** Whether the system has paused the app; only phones do. */
  export function isPaused (): boolean

  /** Menus, which this runtime does not offer yet. */
  export const menu: Record<string, any>

  /** Stops listening to an event of the app. */
  export function removeEventListener (type?: any, listener?: any, options?: any): any

  /** The runtime's version: `{ short, hash, full }`. */
  export const runtimeVersion: { short: string, hash: string, full: string }

  /** Sets the menu of the app. */
  export function setSystemMenu (): Promise<any>

  /** Enables an item of the app's menu. */
  export function setSystemMenuItemEnabled (): Promise<any>

  /** Sets the menu in the system tray. */
  export function setTrayMenu (): Promise<any>

  export * as default from 'socket:application'
}
