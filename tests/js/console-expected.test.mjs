/** What the console's suite expects is what this Node prints. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

import { since20 } from './old-node.mjs'

const app = new URL('../apps/modules/', import.meta.url)

test('the expected text of the console is what Node prints', since20, () => {
  const script = fileURLToPath(new URL('src/console.values.js', app))
  const printed = execFileSync(process.execPath, [script], { encoding: 'utf8' })
  assert.equal(readFileSync(new URL('console.expected.txt', app), 'utf8'), printed)
})
