/**
 * @module diagnostics/runtime
 *
 * How many things each subsystem of the runtime holds, in the words of later Socket Runtimes.
 *
 * `snapshot` of `socket:diagnostics` says far more. This runtime has no event loop of libuv, timers and language
 * models on the native side; what it does not have is empty here.
 */
import { snapshot } from 'socket:diagnostics/inspector'
import { call } from 'socket:internal/transport'

/** What one subsystem holds. */
export class Diagnostic {
  /** How many things, and which. */
  handles = { count: 0, ids: [] }

  /** The diagnostic as a plain object. */
  toJSON () {
    return { ...this }
  }

  /** The tag is the name of the class. */
  get [Symbol.toStringTag] () {
    return this.constructor.name
  }
}

/** Answers on their way to pages. */
export class PostsDiagnostic extends Diagnostic {}

/** The app's back end. */
export class ChildProcessDiagnostic extends Diagnostic {}

/** Language models, of which there are none. */
export class AIDiagnostic extends Diagnostic {
  llm = new Diagnostic()
}

/** Open files and watched folders. */
export class FSDiagnostic extends Diagnostic {
  watches = new Diagnostic()
  descriptors = new Diagnostic()
}

/** Timers of the native side, of which there are none: those of pages are the engine's. */
export class TimersDiagnostic extends Diagnostic {
  timeout = new Diagnostic()
  interval = new Diagnostic()
  immediate = new Diagnostic()
}

/** UDP sockets. */
export class UDPDiagnostic extends Diagnostic {}

/** The event loop. */
export class UVDiagnostic extends Diagnostic {
  metrics = { loopCount: 0, events: 0, eventsWaiting: 0 }
}

/** All of them. */
export class QueryDiagnostic {
  posts = new PostsDiagnostic()
  childProcess = new ChildProcessDiagnostic()
  ai = new AIDiagnostic()
  fs = new FSDiagnostic()
  timers = new TimersDiagnostic()
  udp = new UDPDiagnostic()
  uv = new UVDiagnostic()

  /** The diagnostics as a plain object. */
  toJSON () {
    return { ...this }
  }
}

/**
 * Asks how many things the subsystems hold.
 * @param {string} [type] one of `posts`, `childProcess`, `ai`, `fs`, `timers`, `udp`, `uv`
 * @return {Promise<any>} rejects where actors may not be looked into
 */
export async function query (type) {
  const { actors } = await snapshot()
  const found = new QueryDiagnostic()
  const names = (kind) => actors.filter((actor) => actor.kind === kind).map(({ name }) => name)
  fill(found.udp, names('udp'))
  found.uv.metrics.events = actors.reduce((sum, actor) => sum + actor.handled, 0)
  found.uv.metrics.eventsWaiting = actors.reduce((sum, actor) => sum + actor.depth, 0)
  const { err, data } = await call('fs.getOpenDescriptors')
  if (!err && Array.isArray(data)) {
    fill(found.fs.descriptors, data.map(({ id }) => id))
    fill(found.fs, found.fs.descriptors.handles.ids)
  }
  return typeof type === 'string' ? found[type] ?? null : found
}

export default { query }

function fill (diagnostic, ids) {
  diagnostic.handles = { count: ids.length, ids }
}
