/**
 * Lets Node import the runtime's own modules.
 *
 * Import this file first, then reach a module with a dynamic import:
 *
 *     import { override } from './loader.mjs'
 *     const events = await import('socket:events')
 *
 * `socket:<name>` is answered from `src/ui/api/<name>.js` or `src/ui/api/<name>/index.js`, and
 * `socket:internal/session` from the fake below. `override({ 'socket:ipc': url })` puts another
 * module in the place of one; call it before the first import.
 */
import { existsSync } from 'node:fs'
import { register } from 'node:module'
import { isMainThread } from 'node:worker_threads'

import './old-node.mjs'

const API = new URL('../../src/ui/api/', import.meta.url)
const overrides = new Map([
  ['socket:internal/session', new URL('./fake-session.mjs', import.meta.url).href]
])

if (isMainThread) register(import.meta.url)

/**
 * Replaces modules by others, named by absolute URLs.
 * @param {Record<string, string>} map
 */
export function override (map) {
  register(import.meta.url, { data: map })
}

/** Receives what `override` sent to the loader thread. */
export function initialize (map) {
  for (const [specifier, url] of Object.entries(map ?? {})) overrides.set(specifier, url)
}

/** Resolves `socket:` specifiers to files. */
export function resolve (specifier, context, next) {
  const replaced = overrides.get(specifier)
  if (replaced) return { url: replaced, format: 'module', shortCircuit: true }
  if (!specifier.startsWith('socket:')) return next(specifier, context)
  const name = specifier.slice('socket:'.length).replace(/\.js$/, '')
  for (const path of [`${name}.js`, `${name}/index.js`]) {
    const url = new URL(path, API)
    if (existsSync(url)) return { url: url.href, format: 'module', shortCircuit: true }
  }
  throw new Error(`no module ${specifier}`)
}
