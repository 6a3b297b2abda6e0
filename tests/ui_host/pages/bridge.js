// The smallest client of the bridge, so that the host is tested without our modules.
import { token, bootstrap } from 'socket:internal/session'

export { token, bootstrap }

export async function message (command, params = {}, with_token = token) {
  const text = JSON.stringify({ token: with_token, command, params })
  return JSON.parse(await globalThis.webkit.messageHandlers.runtime.postMessage(text))
}

export function address (command, params = {}) {
  return `socket://localhost/__runtime/ipc/${command}?params=${encodeURIComponent(JSON.stringify(params))}`
}

export async function request (command, params = {}, body = undefined, with_token = token) {
  const headers = { 'x-runtime-token': with_token }
  if (body) headers['x-runtime-body'] = String(body.byteLength ?? body.length)
  const response = await fetch(address(command, params), { method: 'POST', headers, body })
  if (response.headers.get('content-type') === 'application/octet-stream') {
    const reply = JSON.parse(decodeURIComponent(response.headers.get('x-runtime-reply')))
    return { status: response.status, ...reply, body: new Uint8Array(await response.arrayBuffer()) }
  }
  return { status: response.status, ...await response.json() }
}

export function requestSync (command, params = {}, body = null) {
  const xhr = new XMLHttpRequest()
  xhr.open('POST', address(command, params), false)
  xhr.setRequestHeader('x-runtime-token', token)
  if (body) xhr.setRequestHeader('x-runtime-body', String(body.byteLength ?? body.length))
  xhr.send(body)
  return JSON.parse(xhr.responseText)
}
