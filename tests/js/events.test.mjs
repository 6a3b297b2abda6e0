import assert from 'node:assert/strict'
import nodeEvents from 'node:events'
import test from 'node:test'
import './loader.mjs'
import { random, SEED } from './random.mjs'
import { since20 } from './old-node.mjs'

const module = await import('socket:events')
const { EventEmitter, once, on } = module

/** Drives both emitters through the same random steps and compares what they say. */
test('an emitter behaves as Node\'s', () => {
  for (let round = 0; round < 400; round += 1) {
    const logs = [nodeEvents, EventEmitter].map((Class) => story(Class, random(SEED + round)))
    assert.deepEqual(logs[1], logs[0], `seed ${SEED + round}`)
  }
})

function story (Class, source) {
  const emitter = new Class().setMaxListeners(0)
  const log = []
  const listeners = Array.from({ length: 4 }, (_, index) => Object.assign(function (...values) {
    log.push(['called', index, this === emitter, ...values.filter((value) => typeof value !== 'function')])
    if (index === 3) emitter.off('a', listeners[0])
  }, { id: index }))
  const idOf = (each) => each.id ?? each.listener?.id
  const names = ['a', 'b', 'error', 'newListener', 'removeListener', Symbol.for('s')]
  for (let step = 0; step < 30; step += 1) {
    const method = source.pick(['on', 'once', 'prependListener', 'prependOnceListener', 'off', 'off', 'emit', 'emit', 'emit', 'removeAllListeners', 'read'])
    const name = source.pick(names)
    const listener = source.pick(listeners)
    // Node trips over its own list when a listener removes others while all are being removed.
    if (method === 'removeAllListeners' && emitter.listenerCount('removeListener') > 0) continue
    try {
      if (method === 'emit') log.push(emitter.emit(name, step))
      else if (method === 'removeAllListeners') log.push(emitter.removeAllListeners(...source.pick([[], [name]])) === emitter)
      else if (method === 'read') {
        log.push(emitter.eventNames(), emitter.listenerCount(name), emitter.listenerCount(name, listener))
        log.push(emitter.listeners(name).map(idOf), emitter.rawListeners(name).map(idOf))
      } else log.push(emitter[method](name, listener) === emitter)
    } catch (error) {
      log.push([error.name, error.code, error.message])
    }
  }
  return log
}

test('an error that nobody listens to is thrown', () => {
  const error = new Error('boom')
  assert.throws(() => new EventEmitter().emit('error', error), (thrown) => thrown === error)
  assert.throws(() => new EventEmitter().emit('error', 'text'), { code: 'ERR_UNHANDLED_ERROR', message: "Unhandled error. ('text')" })
})

test('wrong listeners and limits are refused as by Node', since20, () => {
  for (const wrong of [undefined, null, 'x', 1, {}]) {
    for (const body of [(E) => new E().on('a', wrong), (E) => new E().once('a', wrong), (E) => new E().off('a', wrong)]) {
      const expected = caught(() => body(nodeEvents))
      assert.deepEqual(caught(() => body(EventEmitter)), expected)
    }
  }
  for (const wrong of [-1, NaN, 'x', undefined]) {
    assert.equal(caught(() => new EventEmitter().setMaxListeners(wrong)).code, caught(() => new nodeEvents().setMaxListeners(wrong)).code) // eslint-disable-line new-cap
  }
})

test('removing all listeners tells of each, the last first', () => {
  const logs = [nodeEvents, EventEmitter].map((Class) => {
    const log = []
    const emitter = new Class().on('removeListener', (name, listener) => log.push([name, listener()]))
    for (const value of [1, 2, 3]) emitter.on(value < 3 ? 'a' : 'b', () => value)
    emitter.removeAllListeners()
    return [log, emitter.eventNames()]
  })
  assert.deepEqual(logs[1], logs[0])
})

test('once and on wait for events', async () => {
  const emitter = new EventEmitter()
  setTimeout(() => emitter.emit('a', 1, 2))
  assert.deepEqual(await once(emitter, 'a'), [1, 2])
  setTimeout(() => emitter.emit('error', new Error('boom')))
  await assert.rejects(once(emitter, 'a'), { message: 'boom' })
  const controller = new AbortController()
  setTimeout(() => controller.abort())
  await assert.rejects(once(emitter, 'a', { signal: controller.signal }), { name: 'AbortError', code: 'ABORT_ERR' })
  assert.deepEqual(emitter.eventNames(), [])

  const target = new EventTarget()
  setTimeout(() => target.dispatchEvent(new Event('b')))
  assert.equal((await once(target, 'b'))[0].type, 'b')

  setTimeout(() => {
    for (const value of [1, 2, 3]) emitter.emit('a', value)
    emitter.emit('end')
  })
  const values = []
  for await (const [value] of on(emitter, 'a', { close: ['end'] })) values.push(value)
  assert.deepEqual(values, [1, 2, 3])
  assert.deepEqual(emitter.eventNames(), [])
})

test('classes of either kind inherit from EventEmitter', () => {
  class Modern extends EventEmitter {}
  function Old () { EventEmitter.call(this) }
  Object.setPrototypeOf(Old.prototype, EventEmitter.prototype)
  for (const emitter of [new Modern(), new Old(), Object.create(EventEmitter.prototype)]) {
    let count = 0
    emitter.on('a', () => { count += 1 })
    emitter.emit('a')
    assert.equal(count, 1)
    assert.ok(emitter instanceof EventEmitter)
  }
  assert.equal(module.default, EventEmitter)
  assert.equal(module.default.once, once)
})

function caught (body) {
  try {
    body()
  } catch ({ name, code, message }) {
    return { name, code, message }
  }
}
