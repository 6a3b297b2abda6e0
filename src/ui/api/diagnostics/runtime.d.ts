/**
 * @module diagnostics/runtime
 *
 * How many things each subsystem of the runtime holds, in the words of later Socket Runtimes.
 */
declare module 'socket:diagnostics/runtime' {
  /** What one subsystem holds. */
  export class Diagnostic {
    handles: { count: number, ids: any[] }
    toJSON (): any
  }
  /** Answers on their way to pages. */
  export class PostsDiagnostic extends Diagnostic {}
  /** The app's back end. */
  export class ChildProcessDiagnostic extends Diagnostic {}
  /** Language models, of which there are none. */
  export class AIDiagnostic extends Diagnostic {
    llm: Diagnostic
  }
  /** Open files and watched folders. */
  export class FSDiagnostic extends Diagnostic {
    watches: Diagnostic
    descriptors: Diagnostic
  }
  /** Timers of the native side, of which there are none. */
  export class TimersDiagnostic extends Diagnostic {
    timeout: Diagnostic
    interval: Diagnostic
    immediate: Diagnostic
  }
  /** UDP sockets. */
  export class UDPDiagnostic extends Diagnostic {}
  /** The event loop. */
  export class UVDiagnostic extends Diagnostic {
    metrics: { loopCount: number, events: number, eventsWaiting: number }
  }
  /** All of them. */
  export class QueryDiagnostic {
    posts: PostsDiagnostic
    childProcess: ChildProcessDiagnostic
    ai: AIDiagnostic
    fs: FSDiagnostic
    timers: TimersDiagnostic
    udp: UDPDiagnostic
    uv: UVDiagnostic
    toJSON (): any
  }
  /** Asks how many things the subsystems hold; rejects where actors may not be looked into. */
  export function query (): Promise<QueryDiagnostic>
  export function query<K extends keyof QueryDiagnostic> (type: K): Promise<QueryDiagnostic[K]>

  const exports: { query: typeof query }
  export default exports
}
