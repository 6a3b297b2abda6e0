import assert from 'node:assert/strict'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import test from 'node:test'
import { override } from './loader.mjs'

override({ 'socket:ipc': new URL('./fake-ipc.mjs', import.meta.url).href })
globalThis.__args = (await import('./fake-session.mjs')).bootstrap

const API = new URL('../../src/ui/api/', import.meta.url)
const INDEX = new URL('index.d.ts', API)
const names = readdirSync(API, { recursive: true })
  .filter((path) => path.endsWith('.d.ts') && path !== 'index.d.ts' && !path.startsWith('internal'))
  .map((path) => path.slice(0, -'.d.ts'.length))
  .sort()

/** `index.d.ts` names the others: `UPDATE=1 node --test tests/js/types.test.mjs` writes it. */
test('index.d.ts refers to every module', () => {
  const references = names.map((name) => `/// <reference path="./${name}.d.ts" />\n`).join('')
  const text = `/** The types of every \`socket:\` module; an app refers to this file in its \`tsconfig.json\`. */\n${references}`
  if (process.env.UPDATE) writeFileSync(INDEX, text)
  assert.equal(readFileSync(INDEX, 'utf8'), text, 'out of date: run with UPDATE=1')
})

test('every exported name is declared', async () => {
  for (const name of names) {
    if (/^(ipc|fs|stream)\b/.test(name)) continue
    const declared = declaredIn(name)
    for (const exported of Object.keys(await import(`socket:${name}`))) assert.ok(declared.has(exported), `socket:${name} declares ${exported}`)
  }
})

/** The names that a module declares, with those that it passes on. */
function declaredIn (name) {
  const text = readFileSync(new URL(`${name}.d.ts`, API), 'utf8')
  const found = new Set([...text.matchAll(/^ *export (?:async )?(?:function|class|const|namespace|type) (\w+)/gm)].map((match) => match[1]))
  for (const [, list] of text.matchAll(/^ *export \{([^}]*)\}/gm)) for (const each of list.split(',')) found.add(each.trim().split(' as ').at(-1))
  for (const [, as] of text.matchAll(/^ *export \* as (\w+)/gm)) found.add(as)
  for (const [, from] of text.matchAll(/^ *export \* from 'socket:([^']+)'/gm)) for (const each of declaredIn(from)) found.add(each)
  if (/^ *export default/m.test(text)) found.add('default')
  return found
}
