/** `socket:stream`: the order of events, back-pressure and failures are Node's. */
import assert from 'node:assert/strict'
import nodeStream from 'node:stream'
import { test } from 'node:test'
import './loader.mjs'

const own = (await import('socket:stream')).default
const { Buffer: OwnBuffer } = await import('socket:buffer')

/** Runs the same scenario with Node's streams and with ours, and compares what was seen. */
async function same (scenario) {
  const expected = await scenario(nodeStream, Buffer)
  assert.deepEqual(await scenario(own, OwnBuffer), expected)
}

function watch (stream, log, names) {
  for (const name of names) stream.on(name, (value) => log.push(value?.message ? `${name} ${value.message}` : name))
}

const closed = (stream) => new Promise((resolve) => stream.on('close', resolve))

test('a_flowing_stream_ends_and_closes', () => same(async ({ Readable }) => {
  const log = []
  let count = 0
  const stream = new Readable({ read () { this.push(count < 3 ? `chunk ${count++}` : null) } })
  watch(stream, log, ['end', 'close'])
  stream.on('data', (chunk) => log.push(chunk.toString()))
  await closed(stream)
  return [...log, stream.destroyed, stream.readableEnded]
}))

test('a_paused_stream_is_read_by_size', () => same(async ({ Readable }) => {
  const stream = new Readable({ read () {} })
  stream.push('abcdef')
  stream.push(null)
  await new Promise((resolve) => stream.once('readable', resolve))
  const log = [stream.read(2)?.toString(), stream.read(3)?.toString(), stream.read(5)?.toString(), stream.read()]
  return log
}))

test('pausing_in_the_middle_stops_the_data', () => same(async ({ Readable }) => {
  const stream = Readable.from(['a', 'b', 'c'])
  const log = []
  stream.on('data', (chunk) => {
    log.push(chunk)
    stream.pause()
    setImmediate(() => { log.push('resume'); stream.resume() })
  })
  await closed(stream)
  return log
}))

// Node's own stream hangs on a piece that completes no character, so there is nothing to compare.
test('characters_are_not_broken_between_chunks', async () => {
  for (const encoding of ['utf8', 'base64', 'hex', 'utf16le']) {
    const bytes = OwnBuffer.from('grüße €', encoding === 'utf16le' ? 'utf16le' : 'utf8')
    const pieces = Array.from(bytes, (_, index) => bytes.subarray(index, index + 1))
    const stream = new own.Readable({ encoding, read () { this.push(pieces.shift() ?? null) } })
    assert.equal((await stream.toArray()).join(''), bytes.toString(encoding))
  }
})

test('a_writer_tells_when_it_is_full_and_when_it_drained', () => same(async ({ Writable }) => {
  const log = []
  const stream = new Writable({
    highWaterMark: 4,
    write (chunk, _, done) { log.push(chunk.toString()); setImmediate(done) }
  })
  watch(stream, log, ['drain', 'finish', 'close'])
  log.push(stream.write('ab'), stream.write('cd'), stream.writableLength)
  await new Promise((resolve) => stream.once('drain', resolve))
  stream.end('e', () => log.push('ended'))
  await closed(stream)
  return log
}))

test('final_comes_before_finish', () => same(async ({ Writable }) => {
  const log = []
  const stream = new Writable({
    construct (done) { log.push('construct'); done() },
    write (chunk, _, done) { log.push('write'); done() },
    final (done) { log.push('final'); done() },
    destroy (error, done) { log.push('destroy'); done(error) }
  })
  watch(stream, log, ['finish', 'close'])
  stream.write('x')
  stream.end()
  await closed(stream)
  return log
}))

test('a_failed_write_destroys_the_stream', () => same(async ({ Writable }) => {
  const log = []
  const stream = new Writable({ write (chunk, _, done) { done(new Error('full disk')) } })
  watch(stream, log, ['finish', 'error', 'close'])
  stream.write('x', (error) => log.push(`callback ${error.message}`))
  await closed(stream)
  return [...log, stream.destroyed, stream.errored?.message]
}))

test('writing_after_the_end_is_an_error', () => same(async ({ Writable }) => {
  const stream = new Writable({ write (chunk, _, done) { done() } })
  const error = new Promise((resolve) => stream.on('error', resolve))
  stream.end()
  stream.write('x')
  return (await error).code
}))

test('a_pipeline_carries_everything_through_a_transform', () => same(async ({ pipeline, Readable, Transform, Writable }) => {
  const log = []
  const upper = new Transform({ transform (chunk, _, done) { done(null, chunk.toString().toUpperCase()) }, flush (done) { done(null, '!') } })
  const sink = new Writable({ write (chunk, _, done) { log.push(chunk.toString()); setImmediate(done) } })
  const error = await new Promise((resolve) => pipeline(Readable.from(['a', 'b', 'c']), upper, sink, resolve))
  return [log.join(''), error]
}))

test('a_failure_in_a_pipeline_destroys_all_of_it', () => same(async ({ pipeline, Readable, PassThrough, Writable }) => {
  const source = new Readable({ read () { this.push('x') } })
  const middle = new PassThrough()
  const sink = new Writable({ write (chunk, _, done) { done(new Error('sink')) } })
  const error = await new Promise((resolve) => pipeline(source, middle, sink, resolve))
  return [error.message, source.destroyed, middle.destroyed, sink.destroyed]
}))

test('large_data_keeps_its_order_through_back_pressure', () => same(async ({ pipeline, Readable, PassThrough, Writable }) => {
  let next = 0
  let sum = 0
  let count = 0
  const source = new Readable({ objectMode: true, read () { this.push(next < 5000 ? { n: next++ } : null) } })
  const through = new PassThrough({ objectMode: true, highWaterMark: 2 })
  const sink = new Writable({
    objectMode: true,
    highWaterMark: 3,
    write ({ n }, _, done) {
      if (n !== count++) return done(new Error('order'))
      sum += n
      if (n % 7) done()
      else setImmediate(done)
    }
  })
  const error = await new Promise((resolve) => pipeline(source, through, sink, resolve))
  return [error, sum, count]
}))

test('leaving_a_loop_destroys_the_stream', () => same(async ({ Readable }) => {
  const stream = new Readable({ read () { this.push('x') } })
  for await (const chunk of stream) { if (chunk) break }
  return stream.destroyed
}))

test('a_failure_reaches_the_loop', () => same(async ({ Readable }) => {
  const stream = new Readable({ read () { this.destroy(new Error('broken')) } })
  try {
    for await (const chunk of stream) return chunk
  } catch (error) {
    return error.message
  }
}))

test('a_duplex_is_readable_and_writable', () => same(async ({ Duplex, Readable, Writable }) => {
  const log = []
  const stream = new Duplex({ read () { this.push('in'); this.push(null) }, write (chunk, _, done) { log.push(chunk.toString()); done() } })
  watch(stream, log, ['close'])
  stream.end('out')
  stream.on('data', (chunk) => log.push(chunk.toString()))
  await closed(stream)
  return [log.sort(), stream instanceof Readable, stream instanceof Writable]
}))

test('every_name_of_the_older_module_is_there', () => {
  for (const name of [
    'Duplex', 'FastFIFO', 'FixedFIFO', 'PassThrough', 'Pipeline', 'Readable', 'ReadableState', 'Stream', 'Transform',
    'TransformState', 'Writable', 'WritableState', 'isReadStreamx', 'isStream', 'isStreamx', 'pipeline', 'pipelinePromise'
  ]) assert.equal(typeof own[name], 'function', name)
})
