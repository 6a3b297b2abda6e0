/** Node passes the tests that the runtime has to pass. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

import { since20 } from './old-node.mjs'

const folder = new URL('../apps/fs/src/', import.meta.url)
const oracle = fileURLToPath(new URL('./oracle.mjs', import.meta.url))

for (const name of readdirSync(folder).filter((each) => each.endsWith('.test.js'))) {
  test(`node passes ${name}`, since20, () => {
    const file = fileURLToPath(new URL(name, folder))
    const { status, stdout, stderr } = spawnSync(process.execPath, ['--no-warnings', '--import', oracle, file], { encoding: 'utf8' })
    assert.equal(status, 0, `${stdout}${stderr}`)
    assert.match(stdout, /^# ok$/m)
  })
}
