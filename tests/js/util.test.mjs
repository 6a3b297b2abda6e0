import assert from 'node:assert/strict'
import nodeQuerystring from 'node:querystring'
import test from 'node:test'
import nodeUrl from 'node:url'
import nodeUtil from 'node:util'
import { override } from './loader.mjs'
import { random, SEED } from './random.mjs'

override({ 'socket:ipc': new URL('./fake-ipc.mjs', import.meta.url).href })
globalThis.__args = (await import('./fake-session.mjs')).bootstrap
const util = await import('socket:util')
const url = await import('socket:url')
const querystring = await import('socket:querystring')
const errors = await import('socket:errors')

class Plain { constructor () { this.x = 1 } }
class Derived extends Plain { get y () { return 1 } }
const circular = { a: 1 }
circular.self = circular
circular.list = [circular]

const VALUES = [
  1, -0, 'a', "it's", 'both \' "', 'all \'"`', 'line\n\t\u0001', '\ud800', undefined, null, true, 10n, Symbol('s'), {}, [], { a: 1 },
  { 'a-b': 1, [Symbol('k')]: 2 }, [1, 'a', null], new Plain(), new Derived(), Plain, Derived, class {}, () => {}, function named () {}, async () => {},
  new Map([[1, { a: 2 }], ['k', [1]]]), new Set([1, 'a', {}]), new Map(), new Set(), new Date(0), new Date(NaN), /re/g, circular, [1, , , 4], // eslint-disable-line no-sparse-arrays
  Object.create(null), Object.assign(Object.create(null), { a: 1 }), { a: { b: { c: { d: 1 } } } }, [[[[1]]]], new Uint8Array(3), new ArrayBuffer(3),
  [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], Array.from({ length: 120 }, (_, index) => index), Array.from({ length: 30 }, (_, index) => `str${index}`),
  { long1: 'a'.repeat(25), long2: 'b'.repeat(30), long3: 'c'.repeat(22) }, { get a () { return 1 }, set a (value) {}, get b () { return 1 }, set c (value) {} },
  Object(3), Object('abc'), Object(1n), { f () {}, g: class Z {} }, { a: [1, 2, { b: 3 }], c: new Map([[{ a: 1 }, 'b']]) }, { u: undefined },
  Object.assign(() => {}, { p: 1 }), { a: { b: { c: {} } } }, ['a\nb'], { s: 'a\nb' }, [{ a: 1, b: 2 }, { a: 3, b: 4 }], Math, [1.5, -2, 300, 4, 5, 6, 7]
]

test('values are shown as by Node', () => {
  for (const value of VALUES) assert.equal(util.inspect(value), nodeUtil.inspect(value))
  for (const depth of [0, 1, 5, null]) assert.equal(util.inspect({ a: { b: [{}] } }, { depth }), nodeUtil.inspect({ a: { b: [{}] } }, { depth }))
  const custom = { [nodeUtil.inspect.custom]: () => 'shown by itself' }
  assert.equal(util.inspect({ custom }), '{ custom: shown by itself }')
  assert.match(util.inspect(Object.assign(new Error('boom'), { code: 'E' })), /^Error: boom\n {4}at [^]*\{\n {2}code: 'E'\n\}$/)
  assert.match(util.inspect({ name: 'Error', message: 'no error', stack: 'x' }), /message: 'no error'/)
})

test('templates are filled as by Node', () => {
  const templates = [
    ['%s %d', 'a', 1, 'b'], ['%s', { a: 1 }], ['%s', [1, 2]], ['%s', new Plain()], ['%d', '5'], ['%d', {}], ['%i', 1.7], ['%f', '1.5x'], ['%j', { a: 1 }],
    ['%j', circular], ['%O', { a: 1 }], ['100%', 1], ['%%', 1], ['%%'], ['a', { b: 1 }], [{ a: 1 }, 'x'], ['%c styled', 'css'], ['%s', null, undefined],
    ['%s', Symbol('a')], ['%s', -0], ['%d', 5n], ['%x', 1], ['%s', new Date(0)], ['%s', () => 1], [1, 2, 'x'], ['%d', ''], []
  ]
  for (const values of templates) assert.equal(util.format(...values), nodeUtil.format(...values))
})

test('equality is that of Node', () => {
  const source = random(SEED)
  const make = (depth) => {
    const kind = depth > 0 ? source.below(9) : source.below(4)
    if (kind < 4) return source.pick([0, -0, 1, NaN, 'a', '1', null, undefined, true, 1n])
    const parts = Array.from({ length: source.below(3) }, () => make(depth - 1))
    if (kind === 4) return parts
    if (kind === 5) return Object.fromEntries(parts.map((part, index) => [source.pick(['a', 'b', `c${index}`]), part]))
    if (kind === 6) return new Set(parts)
    if (kind === 7) return new Map(parts.map((part) => [source.pick(['a', { x: 1 }, part]), part]))
    return source.pick([new Date(5), new Date(6), /a/, /a/g, new Uint8Array([1]), new Uint8Array([2]), new Error('a'), new Plain(), Object(1)])
  }
  for (let round = 0; round < 30000; round += 1) {
    const [a, b] = [make(3), make(3)]
    assert.equal(util.isDeepStrictEqual(a, b), nodeUtil.isDeepStrictEqual(a, b), `${nodeUtil.inspect([a, b], { depth: 9 })}, seed ${SEED}`)
    assert.ok(util.isDeepStrictEqual(a, structuredCloneOf(a)))
  }
  const twin = { a: 1 }
  twin.self = twin
  twin.list = [twin]
  assert.ok(util.isDeepStrictEqual(circular, twin))
})

/** Copies what `make` makes, prototypes included. */
function structuredCloneOf (value) {
  if (Array.isArray(value)) return value.map(structuredCloneOf)
  if (value instanceof Map) return new Map([...value].map(([key, each]) => [structuredCloneOf(key), structuredCloneOf(each)]))
  if (value instanceof Set) return new Set([...value].map(structuredCloneOf))
  if (value?.constructor === Object) return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, structuredCloneOf(each)]))
  return value
}

test('types are told apart as by Node', () => {
  const names = Object.keys(nodeUtil.types).filter((name) => name in util.types && !['isExternal', 'isProxy'].includes(name))
  assert.ok(names.length > 30)
  for (const name of names) {
    for (const value of [...VALUES, new WeakMap(), new WeakSet(), Promise.resolve(), new Map().keys(), new Set().values(), (function * () {})(), new DataView(new ArrayBuffer(1))]) {
      if (name === 'isAsyncFunction' || name === 'isGeneratorFunction') continue
      assert.equal(util.types[name](value), nodeUtil.types[name](value), `${name}(${nodeUtil.inspect(value)})`)
    }
  }
})

test('callbacks become promises and back', async () => {
  const add = util.promisify((a, b, callback) => callback(null, a + b))
  assert.equal(await add(1, 2), 3)
  await assert.rejects(util.promisify((callback) => callback(new Error('no')))(), { message: 'no' })
  assert.throws(() => util.promisify('x'), { code: 'ERR_INVALID_ARG_TYPE' })
  assert.equal(await new Promise((resolve) => util.callbackify(async (x) => x + 1)(1, (error, value) => resolve(error ?? value))), 2)
})

test('small helpers keep their word', () => {
  assert.ok(util.isValidPercentageValue('50%') && util.isValidPercentageValue('100%') && !util.isValidPercentageValue('101%'))
  assert.deepEqual(util.splitBuffer(new Uint8Array([1, 2, 3, 4, 5]), 2).map((piece) => [...piece]), [[1, 2], [3, 4], [5]])
  assert.equal(util.parseJSON('{'), null)
  assert.deepEqual(util.parseHeaders('A: b:c\nd: e'), [['a', 'b:c'], ['d', 'e']])
  assert.equal(util.clamp(NaN, 1, 2), 1)
  assert.throws(() => new util.IllegalConstructor(), { name: 'IllegalConstructorError' })
})

test('errors carry their names and codes', () => {
  assert.equal(new errors.NotFoundError('x').code, 'NOT_FOUND_ERR')
  assert.equal(errors.NotFoundError.code, 8)
  assert.equal(Object.assign(new errors.NotAllowedError('x'), { code: 'ERR_PERMISSION' }).code, 'ERR_PERMISSION')
  assert.equal(new errors.InternalError('x', 'ERR_BUSY').code, 'ERR_BUSY')
  const error = new errors.AbortError(AbortSignal.abort('why'))
  assert.deepEqual([error.name, error.message, error.code], ['AbortError', 'why', 'ABORT_ERR'])
  assert.ok(new errors.ModuleNotFoundError('x') instanceof errors.NotFoundError)
})

test('addresses and query strings are read and written as by Node', () => {
  for (const [from, to] of [['/one/two/three', 'four'], ['http://example.com/', '/one'], ['one/two', '../three'], ['/a', '?q=1'], ['http://a/b', '//c/d']]) {
    assert.equal(url.resolve(from, to), nodeUrl.resolve(from, to))
  }
  for (const text of ['http://user:pw@Host.com:80/p/a?x=1&y#h', '/a/b?c', '?q', '#h', 'a', 'http://h']) {
    assert.deepEqual({ ...url.parse(text) }, { ...nodeUrl.parse(text) })
  }
  for (const path of ['/a b/ü', '/a#b?c%d', '/x\\y']) {
    assert.equal(url.pathToFileURL(path).href, nodeUrl.pathToFileURL(path).href)
    assert.equal(url.fileURLToPath(url.pathToFileURL(path)), path)
  }
  assert.deepEqual(querystring.parse('a=%zz&b=%'), nodeQuerystring.parse('a=%zz&b=%'))
  const source = random(SEED)
  for (let round = 0; round < 5000; round += 1) {
    const text = source.text(['a', 'b', '=', '&', '+', '%20', 'é', '%C3%A9'], 10)
    assert.deepEqual(querystring.parse(text), nodeQuerystring.parse(text), `${text}, seed ${SEED}`)
    const values = { [text]: [text, 1], b: null, c: true }
    assert.equal(querystring.stringify(values), nodeQuerystring.stringify(values), `${text}, seed ${SEED}`)
  }
})
