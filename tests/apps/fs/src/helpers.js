/** What the tests of `socket:fs` share. They run in Node, too; see `tests/js/oracle.mjs`. */
import { mkdtemp, rm } from 'socket:fs/promises'
import { tmpdir } from 'socket:os'
import { join } from 'socket:path'
import test from 'socket:test'

/**
 * A test with a folder of its own, which is removed afterwards.
 * @param {string} name
 * @param {(t: any, at: (...names: string[]) => string) => Promise<void>} body `at` makes paths in the folder
 */
export function inFolder (name, body) {
  test(name, async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'fs-test-'))
    try {
      await body(t, (...names) => join(folder, ...names))
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  })
}

/** Whether a promise, or the function that makes it, fails with what `expected` says; its properties have to be equal. */
export async function fails (t, promise, expected, message) {
  let error = null
  try {
    await (typeof promise === 'function' ? promise() : promise)
  } catch (caught) {
    error = caught
  }
  const found = error && Object.fromEntries(Object.keys(expected).map((key) => [key, error[key]]))
  t.deepEqual(found, expected, message)
}

/** The result of a call in the form with a callback, as a promise of all that the callback was given. */
export function called (call, ...values) {
  return new Promise((resolve) => call(...values, (...results) => resolve(results)))
}

/** `length` bytes that repeat nowhere near. */
export function pattern (length, seed = 1) {
  const bytes = new Uint8Array(length)
  const words = new Uint32Array(bytes.buffer, 0, length >> 2)
  let state = seed
  for (let at = 0; at < words.length; at++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    words[at] = state
  }
  return bytes
}

/** SHA-256 in hexadecimal. */
export async function sha256 (bytes) {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
