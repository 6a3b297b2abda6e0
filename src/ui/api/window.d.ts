/**
 * @module window
 *
 * One window of the app. Get one from `socket:application`: `getCurrentWindow`, `getWindow`, `createWindow`.
 */
declare module 'socket:window' {
  import * as exports from 'socket:window'

  /** A window, and what was last known of it. */
  export class ApplicationWindow {
    static constants: typeof exports.constants
    static hotkey: typeof exports.hotkey
    constructor (state: { index: number, title?: string, width?: number, height?: number, status?: number })
    /** The number of the window. */
    get index (): number
    /** The number of the window, by another name. */
    get id (): number
    /** The window's messages to the other windows of the app. */
    get channel (): BroadcastChannel
    /** Where the page is. */
    get location (): Location | null
    /** @returns the size when it was last heard of */
    getSize (): { width: number, height: number }
    /** @returns the position when it was last heard of */
    getPosition (): { x: number, y: number }
    /** @returns the title when it was last heard of */
    getTitle (): string
    /** @returns one of `constants` */
    getStatus (): number
    /** Closes the window. */
    close (): Promise<any>
    /** Shows the window. */
    show (): Promise<any>
    /** Hides the window. */
    hide (): Promise<any>
    /** Makes the window as large as the screen. */
    maximize (): Promise<any>
    /** Puts the window out of sight. */
    minimize (): Promise<any>
    /** Gives the window its former size. */
    restore (): Promise<any>
    setTitle (title: string): Promise<any>
    /** @param options pixels, or percentages of the screen */
    setSize (options: { width?: number|string, height?: number|string }): Promise<any>
    /** @param options pixels */
    setPosition (options: { x: number, y: number }): Promise<any>
    setBackgroundColor (color: { red: number, green: number, blue: number, alpha?: number }): Promise<any>
    /** Opens another page of the app in the window. */
    navigate (path: string): Promise<any>
    /** Opens the Web Inspector. */
    showInspector (): Promise<any>
    /** Sends an event to another window or to the backend. Only the current window can. */
    send (options: { window?: number, backend?: boolean, event: string, value?: any }): Promise<any>
    /** Sends a message to whoever listens to this window's channel. */
    postMessage (message: { event?: string, value?: any }|any): Promise<any>
    /** Opens an address with the program that the user has chosen for it. */
    openExternal (options: string|{ url?: string, value?: string }): Promise<any>
    /** Shows a file in the file manager. */
    revealFile (): Promise<any>
    /** Opens a context menu. */
    setContextMenu (): Promise<any>
    /** Asks for files to open. */
    showOpenFilePicker (): Promise<any>
    /** Asks for a file to save to. */
    showSaveFilePicker (): Promise<any>
    /** Asks for a folder. */
    showDirectoryFilePicker (): Promise<any>
    /** Adds a listener for an event that arrives in this window. */
    addListener (event: string, listener: (event: any) => void): this
    /** The same as `addListener`. */
    on (event: string, listener: (event: any) => void): this
    /** Adds a listener that is called once. */
    once (event: string, listener: (event: any) => void): this
    /** Removes a listener. */
    removeListener (event: string, listener: (event: any) => void): this
    /** The same as `removeListener`. */
    off (event: string, listener: (event: any) => void): this
    /** Removes every listener that was added here, or those of one event. */
    removeAllListeners (event?: string): this
  }

  /** Who runs this realm: `{ id, type }`. */
  export const client: { id: string, type: string } | null

  export * as constants from 'socket:window/constants'

  /** Makes a whole URL of a path, seen from the page. */
  export function formatURL (url: string|URL): string

  /** Key bindings of the whole system, which this runtime does not offer. */
  export const hotkey: { bind: (...values: any[]) => any, unbind: (...values: any[]) => any, getBindings: (...values: any[]) => any, getMappings: (...values: any[]) => any }

  export { ApplicationWindow as default }
}
