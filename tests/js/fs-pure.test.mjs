/** The parts of `socket:fs` that need nobody else: flags, stats, constants, pieces, arguments. */
import assert from 'node:assert/strict'
import nodeFs from 'node:fs'
import { test } from 'node:test'
import './loader.mjs'

const { normalizeFlags } = await import('socket:fs/flags')
const { default: constants } = await import('socket:fs/constants')
const { Stats } = await import('socket:fs/stats')
const { Gate } = await import('socket:internal/gate')
const { toError } = await import('socket:internal/reply')
const args = await import('socket:internal/fs-args')
const transfer = await import('socket:fs/transfer')

/** A file in memory whose pieces come late and in any order. */
function memoryFile (bytes, reads = []) {
  const file = { bytes, reads, position: 0, inFlight: 0, inFlightMax: 0 }
  file.read = async (size, position) => {
    file.inFlightMax = Math.max(file.inFlightMax, ++file.inFlight)
    const from = position ?? file.position
    reads.push([from, size])
    await new Promise((resolve) => setImmediate(resolve))
    file.inFlight -= 1
    const piece = file.bytes.slice(from, from + size)
    if (position === null) file.position += piece.length
    return piece
  }
  return file
}

function pattern (length) {
  return Uint8Array.from({ length }, (_, index) => (index * 31 + (index >> 8)) & 255)
}

test('flags_are_the_numbers_that_node_has', { skip: process.platform !== 'linux' || process.arch !== 'x64' }, () => {
  const c = nodeFs.constants
  for (const key of Object.keys(constants)) {
    if (key in c) assert.equal(constants[key], c[key], key)
  }
  assert.equal(normalizeFlags('r'), c.O_RDONLY)
  assert.equal(normalizeFlags('rs+'), c.O_RDWR | c.O_SYNC)
  assert.equal(normalizeFlags('w'), c.O_TRUNC | c.O_CREAT | c.O_WRONLY)
  assert.equal(normalizeFlags('xw+'), c.O_TRUNC | c.O_CREAT | c.O_RDWR | c.O_EXCL)
  assert.equal(normalizeFlags('a+'), c.O_APPEND | c.O_CREAT | c.O_RDWR)
  assert.equal(normalizeFlags(), c.O_RDONLY)
  assert.equal(normalizeFlags(7), 7)
})

test('wrong_flags_are_refused', () => {
  assert.throws(() => normalizeFlags('rw'), { code: 'ERR_INVALID_ARG_VALUE' })
  assert.throws(() => normalizeFlags({}), { code: 'ERR_INVALID_ARG_TYPE' })
})

test('stats_tell_the_type_and_the_times', () => {
  const raw = { mode: 0o100644, size: 5, ino: '18014398509481985', mtimeMs: 1700000000123.25 }
  const stats = Stats.from(raw)
  assert.ok(stats.isFile() && !stats.isDirectory() && !stats.isSymbolicLink())
  assert.equal(stats.mtime.getTime(), 1700000000123)
  const big = Stats.from(raw, true)
  assert.equal(big.ino, 18014398509481985n)
  assert.equal(big.mtimeNs, 1700000000123250000n)
  assert.ok(big.isFile())
})

test('a_gate_lets_a_number_of_tasks_run_in_the_order_they_came', async () => {
  const gate = new Gate(3)
  const order = []
  let most = 0
  await Promise.all(Array.from({ length: 50 }, (_, index) => gate.run(async () => {
    order.push(index)
    most = Math.max(most, gate.running)
    await new Promise((resolve) => setImmediate(resolve))
  })))
  assert.equal(most, 3)
  assert.deepEqual(order, [...order.keys()])
  await assert.rejects(gate.run(async () => { throw new Error('failed') }), /failed/)
  assert.equal(gate.running, 0)
})

test('errors_keep_name_code_and_path', () => {
  const message = "ENOENT: no such file or directory, open 'x'"
  const error = toError({ name: 'Error', code: 'ENOENT', message, syscall: 'open', path: 'x' })
  assert.ok(error instanceof Error)
  assert.deepEqual([error.name, error.code, error.syscall, error.path, error.message], ['Error', 'ENOENT', 'open', 'x', message])
  const type = toError({ name: 'TypeError', code: 'ERR_INVALID_ARG_TYPE', message: 'no' })
  assert.ok(type instanceof TypeError)
  for (const name of ['NotFoundError', 'NotAllowedError', 'NotSupportedError', 'TimeoutError', 'InternalError', 'AbortError']) {
    const each = toError({ name, code: 'ERR_X', message: 'm' })
    assert.ok(each instanceof Error, name)
    assert.deepEqual([each.name, each.code, each.message], [name, 'ERR_X', 'm'])
  }
})

test('a_range_is_cut_into_pieces', () => {
  assert.deepEqual(transfer.split(0, 4), [])
  assert.deepEqual(transfer.split(4, 4), [[0, 4]])
  assert.deepEqual(transfer.split(9, 4), [[0, 4], [4, 8], [8, 9]])
})

test('a_large_file_is_read_four_pieces_at_a_time', async () => {
  const file = memoryFile(pattern(5 * transfer.READ_BYTES + 17))
  const bytes = await transfer.readWhole(file.read, file.bytes.length)
  assert.equal(Buffer.compare(bytes, file.bytes), 0)
  assert.equal(file.inFlightMax, transfer.IN_FLIGHT)
})

test('a_file_that_grew_or_shrank_is_read_as_it_is', async () => {
  const file = memoryFile(pattern(3 * transfer.READ_BYTES))
  assert.equal(Buffer.compare(await transfer.readWhole(file.read, transfer.READ_BYTES), file.bytes), 0)
  assert.equal(Buffer.compare(await transfer.readWhole(file.read, 6 * transfer.READ_BYTES), file.bytes), 0)
})

test('a_file_of_size_zero_is_read_to_its_end', async () => {
  const file = memoryFile(pattern(1000))
  assert.equal((await transfer.readWhole(file.read, 0)).length, 1000)
})

test('short_writes_are_continued', async () => {
  const bytes = pattern(2 * transfer.WRITE_BYTES + 5)
  const target = new Uint8Array(bytes.length)
  const write = async (piece, at) => {
    const count = Math.min(piece.length, 1_500_000)
    target.set(piece.subarray(0, count), at)
    return count
  }
  assert.equal(await transfer.writeAll(write, bytes, 0), bytes.length)
  assert.equal(Buffer.compare(target, bytes), 0)
  await assert.rejects(transfer.writeAll(async () => 0, bytes, 0))
})

test('a_failed_piece_stops_the_others', async () => {
  const reads = []
  const read = async (size, position) => {
    reads.push(position)
    if (position === 0) throw new Error('broken')
    return new Uint8Array(size)
  }
  await assert.rejects(transfer.readInto(read, new Uint8Array(40 * transfer.READ_BYTES), 0), /broken/)
  assert.ok(reads.length < 10)
})

test('paths_may_be_strings_bytes_and_urls', () => {
  assert.equal(args.toPath('a/b'), 'a/b')
  assert.equal(args.toPath(new TextEncoder().encode('a')), 'a')
  assert.equal(args.toPath(new URL('file:///a%20b')), '/a b')
  assert.equal(args.toPath(new URL('socket://localhost/x/y.txt')), 'x/y.txt')
  assert.throws(() => args.toPath(new URL('https://example.org/x')), { code: 'ERR_INVALID_URL_SCHEME' })
  assert.throws(() => args.toPath('a\0b'), { code: 'ERR_INVALID_ARG_VALUE' })
  for (const wrong of [undefined, null, 1, {}, [], true]) {
    assert.throws(() => args.toPath(wrong), { name: 'TypeError', code: 'ERR_INVALID_ARG_TYPE' })
  }
})

test('modes_times_and_data_are_checked', () => {
  assert.equal(args.toMode('755'), 0o755)
  assert.throws(() => args.toMode(-1), { code: 'ERR_OUT_OF_RANGE' })
  assert.throws(() => args.toMode('8'), { code: 'ERR_INVALID_ARG_VALUE' })
  assert.equal(args.toMilliseconds(new Date(5), 'atime'), 5)
  assert.equal(args.toMilliseconds('1.5', 'atime'), 1500)
  assert.throws(() => args.toMilliseconds('x', 'atime'), { code: 'ERR_INVALID_ARG_TYPE' })
  assert.throws(() => args.toBytes({}), { code: 'ERR_INVALID_ARG_TYPE' })
  const source = new Uint8Array([1, 2, 3])
  assert.equal(args.toBytes(source.subarray(1)).buffer, source.buffer)
})
