/** The types compile, and so does an app that uses them; only where `tsc` is installed. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const project = fileURLToPath(new URL('../types/tsconfig.json', import.meta.url))
const hasCompiler = spawnSync('tsc', ['--version']).status === 0

test('types compile under --strict', { skip: !hasCompiler && 'there is no tsc' }, () => {
  const { status, stdout } = spawnSync('tsc', ['--project', project], { encoding: 'utf8' })
  assert.equal(status, 0, stdout)
})
