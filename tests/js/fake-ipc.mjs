/** Stands in for `socket:ipc`: remembers every call and answers from `replies`. */
export const calls = []
export const replies = new Map()

export function sendSync (command, params, options) {
  calls.push({ command, params, options })
  const reply = replies.get(command)
  if (reply instanceof Error) return { err: reply, data: null }
  return { err: null, data: typeof reply === 'function' ? reply(params) : reply ?? null }
}

export async function send (command, params, options) {
  return sendSync(command, params, options)
}

export async function request (command, params, options) {
  return sendSync(command, params, options)
}

export default { calls, replies, send, sendSync, request }
