/** What the tests of malformed calls share. */
import { args } from 'socket:internal/args'
import { token } from 'socket:internal/session'

/** Posts to the native side by hand; the answer as `{ status, type, err, data, bytes }`. */
export async function post (command, { params = '{}', key = token, method = 'POST', body, headers = {} } = {}) {
  const query = params === null ? '' : `?params=${encodeURIComponent(params)}`
  const own = key === null ? {} : { 'x-runtime-token': key }
  const response = await fetch(`socket://localhost/__runtime/ipc/${command}${query}`, { method, headers: { ...own, ...headers }, body })
  const type = response.headers.get('content-type') ?? ''
  const text = await response.text()
  const answer = type.startsWith('application/json') ? JSON.parse(text) : {}
  return { status: response.status, type, ...answer }
}

/** A file that no refused call may create. */
export const forbidden = `${args.env.SCRATCH ?? '/tmp'}/malformed-was-here`
