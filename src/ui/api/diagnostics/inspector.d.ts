/**
 * @module diagnostics/inspector
 *
 * What the app's actors do, as `runtime inspect` shows it. Looking changes nothing.
 *
 * Only where actors may be looked into: in debug builds, and where `socket.ini` says `[debug] inspector = read`.
 * Elsewhere each of these rejects with the code `ERR_INSPECTOR_OFF`.
 */
declare module 'socket:diagnostics/inspector' {
  /** The channel that is told of each call of this page or worker that has ended. */
  export const CALLS: 'runtime.call'

  /** What that channel is told. */
  export interface EndedCall {
    /** The command. */
    name: string
    /** What it goes back to: 32 hexadecimal digits, the same in the recorders of actors. */
    cause: string
    /** In milliseconds. */
    duration: number
    error: Error|null
  }

  /** How much is noted about an actor. */
  export type Level = 'off'|'counts'|'recorder'|'full'

  /** One actor's counters. */
  export interface ActorReport {
    name: string
    kind: string
    number: number
    lane: string
    supervisor: string|null
    level: Level
    /** `running`, `crashed`, `stopped`, `paused`, or `broke on` and a message's type. */
    state: string
    capacity: number
    depth: number
    oldest_ms: number
    sent: number
    handled: number
    current: string|null
    current_ms: number
    asks?: AskReport[]
    jobs: number
    job: string|null
    job_ms: number
    restarts: number
    lost: number
    losses: Record<string, number>
    last_panic: string|null
    quarantined: { message: string, cause: string, payload: any }|null
  }

  /** One question that an actor awaits the answer to. */
  export interface AskReport { to: string, message: string, waiting_ms: number, left_ms: number, cause: string }

  /** One thing that is wrong with one actor. */
  export interface Finding {
    kind: 'wait_cycle'|'stuck_handler'|'stuck_job'|'starvation'|'crash_loop'|'full_mailbox'|'slow_consumer'
    actor: string
    message: string|null
    for_ms: number
    waiting?: string[]
    queued: number
    holder?: string
    cycle?: string[]
    /** The same as a sentence. */
    text: string
  }

  /** Every actor at about one moment. */
  export interface Snapshot {
    app: { name: string, pid: number, version: string, uptime_ms: number }
    actors: ActorReport[]
    findings: Finding[]
  }

  /** A distribution in microseconds. */
  export interface Percentiles { p50_us: number, p90_us: number, p99_us: number, max_us: number }

  /** One line of a flight recorder. */
  export interface RecorderEntry {
    sequence: number
    kind: 'handled'|'panicked'|'expired'|'stale'|'link'|'intervention'
    message: string
    sender: string|null
    viewer?: number
    cause: string
    link?: string
    sent_us: number
    began_us: number
    ended_us: number
  }

  /** One actor in depth. */
  export interface ActorDetail {
    actor: ActorReport
    /** What is queued, the next to be handled first. */
    queue: { depth: number, messages: { message: string, is_control: boolean, age_ms: number, sender: string|null, cause: string }[] }|null
    /** The same by type. */
    types: Record<string, { count: number, oldest_ms: number, newest_ms: number }>
    /** What it handled last, the oldest first. */
    recorder: RecorderEntry[]
    latencies: { message: string, count: number, wait: Percentiles, service: Percentiles }[]
    asks: AskReport[]
    injectables: string[]
  }

  /** Every actor, and what is wrong: what `runtime inspect --json` prints. */
  export function snapshot (): Promise<Snapshot>
  /** What is wrong now. */
  export function findings (): Promise<Finding[]>
  /** One actor in depth. For the next minute, everything about it is noted. */
  export function actor (name: string): Promise<ActorDetail>
  /** What a call made now would go back to, or `null` if it would begin a chain of its own. */
  export function cause (): string|null

  const exports: { actor: typeof actor, cause: typeof cause, findings: typeof findings, snapshot: typeof snapshot }
  export default exports
}
