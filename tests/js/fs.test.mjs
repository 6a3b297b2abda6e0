/** `socket:fs` and `socket:fs/promises` against a stand-in for the native side. */
import assert from 'node:assert/strict'
import nodeFs from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import './loader.mjs'
import { answers, root, seen } from './fake-native.mjs'

const { default: fs } = await import('socket:fs')
const { default: promises } = await import('socket:fs/promises')
const { Buffer } = await import('socket:buffer')

const MIB = 1024 * 1024
const at = (name) => path.join(root, name)

function pattern (length) {
  const bytes = new Uint8Array(length)
  for (let index = 0; index < length; index++) bytes[index] = (index * 31 + (index >> 8)) & 255
  return bytes
}

function callback (run) {
  return new Promise((resolve, reject) => run((error, ...results) => error ? reject(error) : resolve(results)))
}

test('a_small_file_takes_one_call_each_way', async () => {
  seen.commands.length = 0
  await promises.writeFile('small.txt', 'grüße')
  assert.equal(await promises.readFile('small.txt', 'utf8'), 'grüße')
  assert.deepEqual(seen.commands, ['fs.writeFile', 'fs.readFile'])
  const bytes = await promises.readFile('small.txt')
  assert.ok(Buffer.isBuffer(bytes))
  assert.equal(bytes.toString(), 'grüße')
  await promises.appendFile('small.txt', '!')
  assert.equal((await promises.readFile('small.txt')).toString('hex'), Buffer.from('grüße!').toString('hex'))
})

test('a_large_file_goes_in_pieces_and_comes_back_whole', async () => {
  const bytes = pattern(10 * MIB + 3)
  await promises.writeFile('large.bin', bytes)
  assert.ok(seen.bodyMax <= 4 * MIB)
  assert.equal(Buffer.compare(await promises.readFile('large.bin'), bytes), 0)
  await promises.appendFile('large.bin', bytes)
  assert.equal((await promises.stat('large.bin')).size, 2 * bytes.length)
})

test('a_missing_file_is_nodes_error', async () => {
  const expected = { name: 'Error', code: 'ENOENT', syscall: 'open' }
  await assert.rejects(promises.readFile('none.txt'), expected)
  await assert.rejects(callback((done) => fs.readFile('none.txt', done)), expected)
  assert.throws(() => fs.readFileSync('none.txt'), expected)
  await assert.rejects(promises.stat('none.txt'), { code: 'ENOENT', syscall: 'stat' })
})

test('wrong_arguments_are_refused_before_any_call', async () => {
  seen.commands.length = 0
  const wrong = { name: 'TypeError', code: 'ERR_INVALID_ARG_TYPE' }
  assert.throws(() => fs.readFile(5.5, () => {}), { code: 'ERR_INVALID_ARG_TYPE' })
  assert.throws(() => fs.readFile({}, () => {}), wrong)
  assert.throws(() => fs.readFile('x'), wrong)
  assert.throws(() => fs.stat(undefined, () => {}), wrong)
  assert.throws(() => fs.writeFile('x', 5, () => {}), wrong)
  assert.throws(() => fs.chmod('x', true, () => {}), wrong)
  assert.throws(() => fs.readFile('x', 'no-such-encoding', () => {}), { code: 'ERR_INVALID_ARG_VALUE' })
  assert.throws(() => fs.mkdirSync(null), wrong)
  await assert.rejects(promises.rename('a', 7), wrong)
  assert.deepEqual(seen.commands, [])
})

test('every_missing_function_says_that_it_is_not_supported', async () => {
  const missing = { name: 'NotSupportedError', code: 'ERR_NOT_SUPPORTED' }
  for (const name of ['fchown', 'lchmod', 'lutimes', 'openAsBlob', 'statfs', 'watchFile', 'unwatchFile', 'opendirSync']) {
    assert.throws(() => fs[name]('x'), missing, name)
  }
  for (const name of ['lchmod', 'lutimes', 'statfs']) await assert.rejects(promises[name]('x'), missing, name)
})

test('folders_are_made_listed_and_removed', async () => {
  const first = await promises.mkdir('tree/a/b', { recursive: true })
  assert.ok(first.endsWith('tree'))
  await promises.writeFile('tree/a/one.txt', '1')
  await promises.symlink('one.txt', 'tree/a/link')
  assert.deepEqual((await promises.readdir('tree/a')).sort(), ['b', 'link', 'one.txt'])
  const names = await promises.readdir('tree', { recursive: true })
  assert.deepEqual(names.sort(), ['a', 'a/b', 'a/link', 'a/one.txt'])
  const entries = await promises.readdir('tree/a', { withFileTypes: true })
  const byName = Object.fromEntries(entries.map((entry) => [entry.name, entry]))
  assert.ok(byName.b.isDirectory() && byName['one.txt'].isFile() && byName.link.isSymbolicLink())
  assert.equal(await promises.readlink('tree/a/link'), 'one.txt')
  const listed = []
  for await (const entry of await promises.opendir('tree/a')) listed.push(entry.name)
  assert.deepEqual(listed.sort(), ['b', 'link', 'one.txt'])
  await promises.rm('tree', { recursive: true })
  assert.equal(await promises.exists('tree'), false)
})

test('readings_of_a_folder_at_once_give_each_entry_once', async () => {
  await promises.mkdir('many')
  for (let index = 0; index < 10; index++) await promises.writeFile(`many/${index}`, '')
  const dir = await promises.opendir('many', { bufferSize: 3 })
  const entries = await Promise.all(Array.from({ length: 11 }, () => dir.read()))
  assert.deepEqual(entries.map((entry) => entry?.name ?? '').sort(), ['', ...'0123456789'])
  await dir.close()
})

test('trees_are_copied', async () => {
  await promises.mkdir('from/sub', { recursive: true })
  await promises.writeFile('from/sub/x', 'x')
  await promises.symlink('sub/x', 'from/l')
  await promises.cp('from', 'to', { recursive: true })
  assert.equal(await promises.readFile('to/sub/x', 'utf8'), 'x')
  assert.equal(await promises.readlink('to/l'), 'sub/x')
  fs.cpSync('from', 'to2', { recursive: true, filter: (src) => !src.endsWith('/l') })
  assert.deepEqual(fs.readdirSync('to2'), ['sub'])
  await assert.rejects(promises.cp('from', 'to'), { code: 'ERR_FS_EISDIR' })
  await assert.rejects(promises.cp('from', 'from/sub/inside', { recursive: true }), { code: 'ERR_FS_CP_EINVAL' })
  await assert.rejects(promises.cp('from/sub/x', 'to/sub/x', { force: false, errorOnExist: true }), { code: 'ERR_FS_CP_EEXIST' })
})

test('a_copy_takes_the_place_of_a_link_and_leaves_its_target_alone', async () => {
  await promises.writeFile('target.txt', 'target')
  await promises.symlink('target.txt', 'link.txt')
  await promises.writeFile('source.txt', 'source')
  await promises.cp('source.txt', 'link.txt')
  assert.equal((await promises.lstat('link.txt')).isSymbolicLink(), false)
  assert.equal(await promises.readFile('link.txt', 'utf8'), 'source')
  assert.equal(await promises.readFile('target.txt', 'utf8'), 'target')
})

test('a_handle_that_is_closed_while_it_opens_leaves_nothing_open', async () => {
  const known = fs.fds.size
  seen.commands.length = 0
  const handle = new promises.FileHandle({ path: 'small.txt' })
  const opening = handle.open()
  await handle.close()
  await opening
  assert.deepEqual(seen.commands, ['fs.open', 'fs.close'])
  assert.equal(handle.closed, true)
  assert.equal(fs.fds.size, known)
})

test('a_handle_of_old_does_not_take_a_number_that_was_given_anew', () => {
  fs.fds.set('old', 700)
  fs.fds.set('new', 700)
  fs.fds.release('old', false)
  assert.equal(fs.fds.id(700), 'new')
  fs.fds.release('new', false)
  assert.equal(fs.fds.has(700), false)
})

test('a_closed_handle_gives_no_stream', async () => {
  const file = await promises.open('small.txt')
  await file.close()
  await assert.rejects(file.createReadStream().toArray(), { code: 'EBADF' })
})

test('a_file_handle_reads_writes_and_closes', async () => {
  const file = await promises.open('handle.txt', 'w+')
  assert.equal(typeof file.fd, 'number')
  assert.deepEqual(await file.write('hello world'), { bytesWritten: 11, buffer: 'hello world' })
  await file.write(Buffer.from('HE'), 0, 2, 0)
  const buffer = Buffer.alloc(5)
  assert.equal((await file.read(buffer, 0, 5, 0)).bytesRead, 5)
  assert.equal(buffer.toString(), 'HEllo')
  assert.equal((await file.read({ buffer, position: 9 })).bytesRead, 2)
  await file.truncate(4)
  assert.equal((await file.stat()).size, 4)
  const two = [Buffer.alloc(2), Buffer.alloc(2)]
  assert.equal((await file.readv(two, 0)).bytesRead, 4)
  assert.equal(Buffer.concat(two).toString(), 'HEll')
  await file.sync()
  await file.utimes(1, 2)
  assert.equal((await file.stat()).mtimeMs, 2000)
  await file.close()
  await file.close()
  await assert.rejects(file.read(buffer), { code: 'EBADF' })
})

test('lines_are_read_one_by_one', async () => {
  await promises.writeFile('lines.txt', 'one\r\ntwo\n\nfour')
  const file = await promises.open('lines.txt')
  const lines = []
  for await (const line of file.readLines({ highWaterMark: 4 })) lines.push(line)
  assert.deepEqual(lines, ['one', 'two', '', 'four'])
  assert.ok(file.closing || file.closed)
})

test('descriptors_are_numbers_for_callbacks', async () => {
  const [fd] = await callback((done) => fs.open('fd.txt', 'w+', done))
  assert.equal(typeof fd, 'number')
  assert.deepEqual(await callback((done) => fs.write(fd, 'abc', done)), [3, 'abc'])
  const buffer = Buffer.alloc(3)
  assert.deepEqual(await callback((done) => fs.read(fd, buffer, 0, 3, 0, done)), [3, buffer])
  assert.equal((await callback((done) => fs.fstat(fd, done)))[0].size, 3)
  assert.equal(fs.fds.size, 1)
  await callback((done) => fs.close(fd, done))
  assert.equal(fs.fds.size, 0)
  await assert.rejects(callback((done) => fs.close(fd, done)), { code: 'EBADF', syscall: 'close' })
})

test('the_blocking_forms_work', () => {
  const bytes = pattern(3 * MIB + 1)
  fs.writeFileSync('sync.bin', bytes)
  assert.equal(Buffer.compare(fs.readFileSync('sync.bin'), bytes), 0)
  fs.writeFileSync('sync.txt', 'ü')
  assert.equal(fs.readFileSync('sync.txt', 'utf8'), 'ü')
  assert.equal(fs.existsSync('sync.txt'), true)
  assert.equal(fs.existsSync('none'), false)
  assert.equal(fs.statSync('none', { throwIfNoEntry: false }), undefined)
  const fd = fs.openSync('sync.txt', 'r+')
  assert.equal(fs.writeSync(fd, 'abc', 0), 3)
  const buffer = Buffer.alloc(8)
  assert.equal(fs.readSync(fd, buffer, 0, 8, 0), 3)
  assert.equal(fs.fstatSync(fd).size, 3)
  fs.closeSync(fd)
  assert.throws(() => fs.closeSync(fd), { code: 'EBADF' })
  const coded = fs.openSync('coded', 'w')
  fs.writeFileSync(coded, 'aGk=', 'base64')
  fs.appendFileSync(coded, '21', { encoding: 'hex' })
  fs.closeSync(coded)
  assert.equal(fs.readFileSync('coded', 'utf8'), 'hi!')
  seen.commands.length = 0
  fs.writeFileSync('coded', 'x', { flush: true })
  assert.ok(seen.commands.includes('fs.fsync'))
  fs.mkdirSync('d1/d2', { recursive: true })
  fs.renameSync('sync.txt', 'd1/d2/s')
  assert.deepEqual(fs.readdirSync('d1/d2'), ['s'])
  fs.rmSync('d1', { recursive: true })
})

test('streams_carry_a_file', async () => {
  const bytes = pattern(700_001)
  const writer = fs.createWriteStream('stream.bin')
  for (let index = 0; index < bytes.length; index += 10_000) writer.write(bytes.subarray(index, index + 10_000))
  await new Promise((resolve, reject) => writer.on('error', reject).on('close', resolve).end())
  assert.equal(writer.bytesWritten, bytes.length)
  assert.equal(Buffer.compare(nodeFs.readFileSync(at('stream.bin')), bytes), 0)
  const chunks = []
  for await (const chunk of fs.createReadStream('stream.bin')) chunks.push(chunk)
  assert.equal(Buffer.compare(Buffer.concat(chunks), bytes), 0)
  const part = []
  for await (const chunk of fs.createReadStream('stream.bin', { start: 5, end: 9 })) part.push(chunk)
  assert.equal(Buffer.compare(Buffer.concat(part), bytes.subarray(5, 10)), 0)
  const text = await fs.createReadStream('small.txt', { encoding: 'utf8', highWaterMark: 3 }).toArray()
  assert.equal(text.join(''), 'grüße!')
  const copy = fs.createReadStream('stream.bin').pipe(fs.createWriteStream('copy.bin'))
  await new Promise((resolve) => copy.on('close', resolve))
  assert.equal(nodeFs.statSync(at('copy.bin')).size, bytes.length)
})

test('a_stream_asks_for_no_more_than_one_answer_holds', async () => {
  const sizes = []
  answers['fs.read'] = ({ size }) => { sizes.push(size); return { bytes: Buffer.alloc(0) } }
  await fs.createReadStream('stream.bin', { highWaterMark: 64 * MIB }).toArray()
  delete answers['fs.read']
  assert.deepEqual(sizes, [MIB])
})

test('a_stream_of_a_missing_file_fails', async () => {
  const error = await new Promise((resolve) => fs.createReadStream('none').on('error', resolve))
  assert.equal(error.code, 'ENOENT')
  await assert.rejects(fs.createReadStream('none').toArray(), { code: 'ENOENT' })
})

test('an_aborted_signal_ends_a_read', async () => {
  await assert.rejects(promises.readFile('small.txt', { signal: AbortSignal.abort() }), { name: 'AbortError', code: 'ABORT_ERR' })
  const controller = new AbortController()
  const reading = promises.readFile('large.bin', { signal: controller.signal })
  controller.abort()
  await assert.rejects(reading, { name: 'AbortError' })
  await assert.rejects(promises.writeFile('never', 'x', { signal: AbortSignal.abort() }), { name: 'AbortError' })
  assert.ok(!nodeFs.existsSync(at('never')))
})

test('a_thousand_reads_at_once_keep_within_the_limit', async () => {
  seen.inFlightMax = 0
  const texts = await Promise.all(Array.from({ length: 1000 }, () => promises.readFile('small.txt', 'utf8')))
  assert.ok(texts.every((text) => text === 'grüße!'))
  assert.equal(seen.inFlightMax, 256)
})

test('a_full_mailbox_is_tried_again', async () => {
  let count = 0
  answers['fs.access'] = () => {
    if (++count < 3) throw Object.assign(new Error('full'), { name: 'InternalError', code: 'ERR_BUSY' })
  }
  await promises.access('x')
  assert.equal(count, 3)
  delete answers['fs.access']
})

test('changes_of_watched_files_arrive', async () => {
  const target = new EventTarget()
  for (const name of ['addEventListener', 'removeEventListener', 'dispatchEvent']) {
    globalThis[name] = target[name].bind(target)
  }
  const event = (id, filename) => dispatchEvent(new CustomEvent('fs.watch', { detail: { id, type: 'rename', filename } }))
  const watcher = promises.watch('tree')
  const iterator = watcher[Symbol.asyncIterator]()
  const next = iterator.next()
  event('watch-1', 'early')
  event('other', 'foreign')
  assert.deepEqual((await next).value, { eventType: 'rename', filename: 'early' })
  event('watch-1', 'two')
  event('watch-1', 'three')
  assert.equal((await iterator.next()).value.filename, 'two')
  assert.equal((await iterator.next()).value.filename, 'three')
  await iterator.return()
  assert.ok(watcher.closed)
  const changes = []
  const second = fs.watch('tree', (...change) => changes.push(change))
  await second.start()
  event('watch-1', 'x')
  assert.deepEqual(changes, [['rename', 'x']])
  await second.close()
})
