import assert from 'node:assert/strict'
import nodePath from 'node:path'
import test from 'node:test'
import { override } from './loader.mjs'
import { random, SEED } from './random.mjs'
import { since20 } from './old-node.mjs'

override({ 'socket:ipc': new URL('./fake-ipc.mjs', import.meta.url).href })
globalThis.__args = (await import('./fake-session.mjs')).bootstrap
__args.cwd = process.cwd()
const path = await import('socket:path')

const ONE = ['normalize', 'dirname', 'basename', 'extname', 'parse', 'isAbsolute']

for (const flavour of ['posix', 'win32']) {
  const alphabet = flavour === 'posix'
    ? ['/', '/', '.', '.', 'a', 'b', '..', '../', ' ', '\\', 'é']
    : ['\\', '\\', '/', '.', '.', 'a', 'B', '..', 'C:', 'c:', '\\\\', 'é', 'd']
  // The working folder of this test has no drive, so that a path needs one to have a place.
  const drive = flavour === 'win32' ? 'C:\\' : ''
  const expected = nodePath[flavour]
  const actual = path[flavour]

  test(`${flavour} paths come out as Node's`, since20, () => {
    const source = random(SEED)
    for (let round = 0; round < 30000; round += 1) {
      const first = source.text(alphabet, 9)
      const second = source.text(alphabet, 9)
      for (const name of ONE) compare(name, first)
      compare('join', first, second)
      compare('join', first, second, source.text(alphabet, 4))
      compare('resolve', first, second)
      compare('resolve', first)
      compare('relative', drive + first, drive + second)
      compare('toNamespacedPath', first)
      compare('basename', first, source.text(alphabet, 3))
      compare('format', expected.parse(first))
      compare('format', { dir: first, name: second, ext: 'x' })
    }
  })

  function compare (name, ...values) {
    if (isQuirk(name, values)) return
    const message = `${flavour}.${name}(${JSON.stringify(values).slice(1, -1)}), seed ${SEED}`
    assert.deepEqual(actual[name](...values), expected[name](...values), message)
  }

  test(`${flavour} functions refuse what is no string as Node's do`, () => {
    for (const name of ['normalize', 'dirname', 'basename', 'extname', 'parse', 'isAbsolute', 'join', 'resolve', 'relative', 'format']) {
      for (const value of [undefined, null, 1, {}, [], true]) {
        if (name === 'format' && value !== null && typeof value === 'object') continue
        const error = caught(() => expected[name](value))
        if (error === null) continue
        assert.throws(() => actual[name](value), { name: error.name, code: error.code })
      }
    }
  })
}

test('the default export has both flavours and the folders', () => {
  assert.equal(path.default.posix.sep, '/')
  assert.equal(path.default.win32.sep, '\\')
  assert.equal(path.default.posix.win32.delimiter, ';')
  assert.equal(path.RESOURCES, process.cwd())
  assert.equal(path.Path.from('/a/b.txt').ext, '.txt')
  assert.equal(path.Path.from('/a/b.txt').dir, '/a')
  assert.equal(path.Path.from('a b/c.txt', '/x').href, 'file:///x/a%20b/c.txt')
  assert.equal(String(path.Path.from(new URL('socket://localhost/a%20b'))), '/a b')
})

/**
 * What is not compared: slips of Node that nobody relies on (an extension in `/..`, a suffix taken off a path that
 * ends in a separator).
 */
function isQuirk (name, [path, suffix]) {
  if (name === 'parse') return /^\/\.\.\/*$/.test(path)
  if (name === 'basename') return suffix && /[\\/]$/.test(path)
  return false
}

function caught (body) {
  try {
    body()
  } catch (error) {
    return error
  }
  return null
}
