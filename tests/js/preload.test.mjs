/** The preload: what it prints, what it reports and what it hides. */
import './old-node.mjs'
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import vm from 'node:vm'
import { bootstrap, token } from './fake-session.mjs'

const read = (name) => readFileSync(new URL(`../../src/ui/api/internal/${name}.js`, import.meta.url), 'utf8')
const source = read('preload').replace('__RUNTIME_FORMATTING__', () => ['types', 'inspect', 'format', 'table'].map(classic).join('\n'))

/** A module as statements of a classic script, as the native side makes them. */
function classic (name) {
  const text = read(`util/${name}`)
  const exports = [...text.matchAll(/^export \w+ (\w+)/gm)].map(([, each]) => each)
  const body = text.replace(/^export /gm, '').replace(/^import (.*) from (.*)$/gm, 'const $1 = modules[$2]')
  return `modules['socket:internal/util/${name}'] = (() => {\n${body}\nreturn { ${exports} }\n})()`
}

/** Runs the preload in a page of its own; `server` is the origin of the development server. */
function load ({ protocol = 'socket:', origin = 'socket://localhost', server = null, isTop = true } = {}) {
  const page = { sent: [], listeners: {}, frames: [], timers: [] }
  const quiet = () => {}
  const sandbox = {
    console: { log: quiet, info: quiet, warn: quiet, error: quiet, debug: quiet },
    location: { protocol, origin, host: 'localhost' },
    document: { readyState: 'loading', addEventListener: (name, call) => { page.listeners[`document ${name}`] = call } },
    addEventListener: (name, call) => { page.listeners[name] = call },
    dispatchEvent: (event) => page.sent.push({ dispatched: event }),
    requestAnimationFrame: (call) => page.frames.push(call),
    setTimeout: (call, wait) => page.timers.push([call, wait]),
    fetch: async (url, { headers }) => {
      page.sent.push({ url, headers })
      return { text: async () => '{}' }
    },
    performance,
    queueMicrotask,
    Element: class {},
    CustomEvent,
    URL,
    webkit: {
      messageHandlers: {
        runtime: {
          postMessage: (text) => {
            const message = JSON.parse(text)
            page.sent.push(message)
            if (message.command === 'event.next') return new Promise((resolve) => { page.answerEvents = resolve })
            return Promise.resolve('{"data":null}')
          }
        }
      }
    }
  }
  sandbox.globalThis = sandbox
  page.global = vm.createContext(sandbox)
  if (isTop) vm.runInContext('globalThis.top = globalThis', page.global)
  const session = JSON.stringify({ token, args: { ...bootstrap, origin: server } })
  assert.equal(source.split('__RUNTIME_SESSION__').length, 2)
  vm.runInContext(source.replace('__RUNTIME_SESSION__', () => session), page.global)
  page.run = (code) => vm.runInContext(code, page.global)
  page.lines = () => {
    page.global[Symbol.for('socket.runtime.preload')].flush()
    return page.sent.filter(({ command }) => command === 'log').flatMap(({ params }) => params.lines)
  }
  return page
}

/** What one call of the console prints. */
function printed (code) {
  const page = load()
  page.run(code)
  return page.lines().map(({ text }) => text).join('\n')
}

test('arguments_are_deeply_frozen', () => {
  const page = load()
  assert.equal(page.run('__args.config.build_name'), 'fake')
  assert.throws(() => page.run('"use strict"; __args.config.build_name = 1'), /read only/)
  assert.throws(() => page.run('"use strict"; __args = 1'), /read only/)
})

test('only_pages_of_exactly_the_development_server_get_the_arguments', () => {
  const has = (origin, server) => load({ protocol: 'http:', origin, server }).run('typeof __args') === 'object'
  assert.equal(has('http://localhost:3000', 'http://localhost:3000'), true)
  assert.equal(has('http://localhost', 'http://LOCALHOST:80'), true)
  for (const other of ['http://localhost:30000', 'http://localhost', 'https://localhost:3000', 'http://localhost.org:3000', 'null']) {
    assert.equal(has(other, 'http://localhost:3000'), false, other)
  }
  assert.equal(has('http://localhost:3000', null), false)
})

test('an_object_is_shown_as_it_says', () => {
  assert.equal(printed("console.log({ [Symbol.for('nodejs.util.inspect.custom')]: () => '<Buffer 68 69>' })"), '<Buffer 68 69>')
  assert.equal(printed("console.log({ [Symbol.for('nodejs.util.inspect.custom')]: () => 7, a: 1 })"), '7')
})

test('the_token_cannot_be_reached_from_the_page', () => {
  const page = load()
  const found = page.run(`(() => {
    const seen = new Set()
    const texts = []
    const visit = (value) => {
      if (value === null || (typeof value !== 'object' && typeof value !== 'function') || seen.has(value)) return
      seen.add(value)
      if (typeof value === 'function') texts.push(Function.prototype.toString.call(value))
      for (const key of Reflect.ownKeys(value)) {
        let own
        try { own = value[key] } catch { continue }
        texts.push(String(key))
        if (typeof own === 'string') texts.push(own)
        visit(own)
      }
    }
    visit(globalThis)
    return texts.join(' ')
  })()`)
  assert.ok(found.includes('build_name'))
  assert.ok(!found.includes(token))
})

test('pages_of_other_origins_get_nothing', () => {
  const page = load({ protocol: 'https:' })
  assert.equal(page.run('typeof __args'), 'undefined')
  assert.deepEqual(page.sent, [])
})

test('text_is_formatted_as_node_does', () => {
  assert.equal(printed('console.log("a", 1, null, undefined, true)'), 'a 1 null undefined true')
  assert.equal(printed('console.log("%s is %d, %i, %f, %j, %%", "x", 4.5, 4.5, "1.5", {a: 1})'), 'x is 4.5, 4, 1.5, {"a":1}, %')
  assert.equal(printed('console.log("%o", [1])'), '[ 1, [length]: 1 ]')
  assert.equal(printed('console.log("%s")'), '%s')
  assert.equal(printed('console.log("100%")'), '100%')
  assert.equal(printed('console.log("a%cb", "color: red")'), 'ab')
  assert.equal(printed('console.log("%s", "x", "y", [2])'), 'x y [ 2 ]')
})

test('values_are_shown_as_node_does', () => {
  assert.equal(printed('console.log({ a: 1, b: "x", "c-d": [1, , 2].length, e: { f: new Map([[1, 2]]) } })'),
    "{ a: 1, b: 'x', 'c-d': 3, e: { f: Map(1) { 1 => 2 } } }")
  assert.equal(printed('console.log(new Set([1]), [], {}, -0, 5n, Symbol("s"), /x/g)'), 'Set(1) { 1 } [] {} -0 5n Symbol(s) /x/g')
  assert.equal(printed('console.log(new (class Point { x = 1 })())'), 'Point { x: 1 }')
  assert.equal(printed('console.log(Object.create(null), function f () {}, class A {}, () => {})'),
    '[Object: null prototype] {} [Function: f] [class A] [Function (anonymous)]')
  assert.equal(printed('console.log([new Uint8Array([1, 2])])'), '[ Uint8Array(2) [ 1, 2 ] ]')
  assert.equal(printed('console.log(["it\'s", "say \\"x\\"", "a\\nb"])'), "[ \"it's\", 'say \"x\"', 'a\\nb' ]")
  assert.equal(printed('const o = { n: 1 }; o.self = o; console.log(o)'), '<ref *1> { n: 1, self: [Circular *1] }')
  assert.equal(printed('console.log({ get a () { throw 1 } })'), '{ a: [Getter] }')
})

test('what_is_shown_is_bounded', () => {
  const deep = printed('let o = {}; for (let i = 0; i < 50; i++) o = { o }; console.log(o)')
  assert.ok(deep.includes('[Object]') && deep.length < 200)
  assert.ok(printed('console.log(Array.from({ length: 1e6 }))').includes('999900 more items'))
  assert.ok(printed('console.log("x".repeat(1e6))').length < 70_000)
  assert.ok(printed('console.log(["x".repeat(1e6)])').length < 70_000)
})

test('no_value_can_break_the_page_that_prints_it', () => {
  assert.match(printed('console.log(new Proxy({}, { ownKeys () { throw new Error("no") } }), "after")'), /cannot be shown: no\] after/)
})

test('errors_are_shown_with_stack_and_cause', () => {
  const text = printed('console.log(new TypeError("bad", { cause: new Error("why") }))')
  assert.match(text, /^TypeError: bad\n {4}at /)
  assert.match(text, /\[cause\]: Error: why/)
  const webkit = printed('const e = new Error("w"); e.stack = "f@socket://localhost/a.js:1:2\\nmodule code@socket://localhost/a.js:3:4"; console.log(e)')
  assert.equal(webkit, 'Error: w\n    at f (socket://localhost/a.js:1:2)\n    at module code (socket://localhost/a.js:3:4)')
})

test('a_trace_shows_the_page_and_nothing_of_the_runtime', () => {
  const page = load()
  page.run('console.trace("here %d", 7)')
  const [{ level, text }] = page.lines()
  assert.equal(level, 'error')
  assert.match(text, /^(?:Error|Trace): here 7\n {4}at /)
  assert.ok(!text.includes("name: 'Trace'"))
})

test('lines_keep_their_level_order_and_indentation', () => {
  const page = load()
  page.run('console.info("i"); console.warn("w"); console.error("e"); console.debug("d"); console.group("g"); console.log("a\\nb"); console.groupEnd(); console.count(); console.count()')
  assert.deepEqual(page.lines(), [
    { level: 'info', text: 'i' }, { level: 'warn', text: 'w' }, { level: 'error', text: 'e' }, { level: 'debug', text: 'd' },
    { level: 'log', text: 'g' }, { level: 'log', text: '  a\n  b' }, { level: 'log', text: 'default: 1' }, { level: 'log', text: 'default: 2' }
  ])
  assert.equal(page.sent.filter(({ command }) => command === 'log').length, 1)
})

test('uncaught_errors_and_rejections_are_reported', () => {
  const page = load()
  page.run('globalThis.failure = new RangeError("far")')
  page.listeners.error({ target: page.global, error: page.global.failure, message: 'far' })
  page.listeners.error({ target: page.global, error: null, message: 'Script error.', filename: 'a.js', lineno: 1, colno: 2 })
  page.listeners.unhandledrejection({ reason: page.global.failure })
  const lines = page.lines()
  assert.ok(lines.every(({ level }) => level === 'error'))
  assert.match(lines[0].text, /^Uncaught RangeError: far/)
  assert.equal(lines[1].text, 'Uncaught Script error. (a.js:1:2)')
  assert.match(lines[2].text, /^Uncaught \(in promise\) RangeError: far/)
})

test('the_first_frame_is_reported_once', () => {
  const page = load()
  const reported = () => page.sent.filter(({ command }) => command === 'window.firstFrame').length
  page.listeners['document DOMContentLoaded']()
  page.frames.shift()()
  assert.equal(reported(), 0)
  page.frames.shift()()
  assert.equal(reported(), 1)
  page.listeners.load()
  const [late, wait] = page.timers.at(-1)
  assert.equal(wait, 250)
  late()
  assert.equal(reported(), 1)
})

test('events_are_dispatched_and_asked_for_again', async () => {
  const page = load()
  assert.deepEqual(page.sent.find(({ command }) => command === 'event.next').params.client, 'fake-client')
  page.answerEvents(JSON.stringify({ data: [{ event: 'window.focus', data: 7 }] }))
  await new Promise((resolve) => setImmediate(resolve))
  const { dispatched } = page.sent.find((each) => each.dispatched)
  assert.deepEqual([dispatched.type, dispatched.detail], ['window.focus', 7])
  assert.equal(page.sent.filter(({ command }) => command === 'event.next').length, 2)
})

test('a_frame_prints_over_the_scheme_and_leaves_events_alone', () => {
  const page = load({ isTop: false })
  page.run('console.log("x")')
  page.lines()
  assert.equal(page.sent.length, 1)
  assert.ok(page.sent[0].url.startsWith('socket://localhost/__runtime/ipc/log?params='))
  assert.equal(page.sent[0].headers['x-runtime-token'], token)
})
