/**
 * Lets Node run the tests of `tests/apps` with its own modules in the place of ours, so that Node
 * says what is right: `node --import ./tests/js/oracle.mjs tests/apps/fs/src/files.test.js`.
 */
import { override } from './loader.mjs'

const here = (name) => new URL(name, import.meta.url).href

override({
  'socket:buffer': 'node:buffer',
  'socket:events': 'node:events',
  'socket:fs': 'node:fs',
  'socket:fs/promises': 'node:fs/promises',
  'socket:ipc': here('./oracle-ipc.mjs'),
  'socket:os': 'node:os',
  'socket:path': 'node:path',
  'socket:process': 'node:process',
  'socket:util': 'node:util'
})
globalThis.addEventListener ??= () => {}
globalThis.__args = (await import('./fake-session.mjs')).bootstrap
