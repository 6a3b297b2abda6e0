/**
 * @module console
 *
 * A console that writes to the terminal. In a page the global console already does, so that the default export adds
 * nothing to it but `format` where no global console is patched.
 */
declare module 'socket:console' {
  /** A console that writes lines to the terminal, and calls another console besides. */
  export class Console {
    /** The console that is called besides. */
    console: any
    /** When each timer was started. */
    timers: Map<any, any>
    /** How often each counter was counted. */
    counters: Map<any, any>
    constructor (options?: { console?: Console, postMessage?: (message: string) => any, write?: (stream: 'stdout'|'stderr', text: string) => any, [name: string]: any })
    /** Writes one line to a stream of the terminal. */
    write (stream?: any, ...values: any[]): Promise<any>
    /** Writes an error unless a condition holds. */
    assert (condition?: any, ...values: any[]): any
    /** Clears the other console. */
    clear (): any
    /** Writes how often it was called with a label. */
    count (label?: any): any
    /** Starts a counter again. */
    countReset (label?: any): any
    debug (...values: any[]): any
    info (...values: any[]): any
    log (...values: any[]): any
    warn (...values: any[]): any
    error (...values: any[]): any
    /** Writes a value with all that is in it. */
    dir (value?: any, options?: any): any
    dirxml (...values: any[]): any
    /** Indents what follows. */
    group (...values: any[]): any
    groupCollapsed (...values: any[]): any
    /** Ends a group. */
    groupEnd (): any
    /** Writes rows and columns. */
    table (data?: any, columns?: any): any
    /** Starts a timer. */
    time (label?: any): any
    /** Writes how long a timer ran, and forgets it. */
    timeEnd (label?: any): any
    /** Writes how long a timer has been running. */
    timeLog (label?: any, ...values: any[]): any
    /** Writes where it was called from. */
    trace (...values: any[]): any
  }

  /** The console of this realm. */
  export const globalConsole: Record<string, any>

  /**
   * Makes a console write to the terminal as well. The global console of a page already does.
   * @param target the global console if left out
   * @param options as for `Console`
   * @returns the console
   */
  export function patchGlobalConsole (target?: object, options?: object): object

  /** A console that writes to the terminal. */
  const console: Console
  export default console
}
