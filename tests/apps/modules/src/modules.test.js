/** What the smaller modules do in a page. */
import application from 'socket:application'
import { Buffer } from 'socket:buffer'
import { EventEmitter, once } from 'socket:events'
import * as fs from 'socket:fs'
import ipc from 'socket:ipc'
import os from 'socket:os'
import path from 'socket:path'
import process from 'socket:process'
import test from 'socket:test'
import { promisify } from 'socket:util'

test('path', (t) => {
  t.equal(path.join('/a', '..', 'b', './c'), '/b/c', 'join')
  t.equal(path.relative('/a/b/c', '/a/d'), '../../d', 'relative')
  t.equal(path.resolve('x'), `${process.cwd()}/x`, 'resolve starts at the app\'s files')
  t.deepEqual(path.parse('/a/b.c.d'), { root: '/', dir: '/a', base: 'b.c.d', ext: '.d', name: 'b.c' }, 'parse')
  t.equal(path.win32.join('a', 'b'), 'a\\b', 'win32')
})

test('os tells facts', async (t) => {
  t.equal(os.platform(), 'linux', 'platform')
  t.equal(os.type(), 'Linux', 'type')
  t.ok(os.EOL === '\n' && os.hostname().length > 0 && os.release().length > 0, 'names')
  t.ok(os.cpus().length > 0 && os.totalmem() > os.freemem() && os.uptime() > 0, 'numbers')
  t.ok((await fs.promises.stat(os.tmpdir())).isDirectory() && (await fs.promises.stat(os.homedir())).isDirectory(), 'folders')
  const loopback = Object.values(os.networkInterfaces()).flat().find((each) => each.address === '127.0.0.1')
  t.ok(loopback?.internal && loopback.family === 'IPv4', 'network')
  t.ok(os.hrtime() < os.hrtime(), 'hrtime goes on')
})

test('process', async (t) => {
  t.ok(Number.isInteger(process.pid) && process.pid > 1, 'pid')
  t.equal((await fs.promises.readFile(`/proc/${process.pid}/stat`, 'utf8')).split(' ')[0], String(process.pid), 'which is the app\'s')
  t.equal(process.platform, 'linux', 'platform')
  t.ok(process.env.SCRATCH, 'env has what socket.ini names')
  t.equal(process.env.PATH, undefined, 'and nothing else')
  t.equal((await fs.promises.stat(process.cwd())).ino, (await fs.promises.stat('.')).ino, 'cwd')
  t.ok(process.hrtime.bigint() > 0n && process.memoryUsage().rss > 1e6, 'numbers')
  const order = []
  process.nextTick((value) => order.push(value), 'tick')
  order.push('now')
  await Promise.resolve()
  t.deepEqual(order, ['now', 'tick'], 'nextTick')
  await promisify(process.stdout.write.bind(process.stdout))('# written to stdout\n')
})

test('events', async (t) => {
  const emitter = new EventEmitter()
  const waiting = once(emitter, 'a')
  emitter.emit('a', 1, 2)
  t.deepEqual(await waiting, [1, 2], 'once')
  t.throws(() => emitter.emit('error', new Error('unheard')), /unheard/, 'an error that nobody hears is thrown')
})

test('buffer', (t) => {
  t.equal(Buffer.from('6869', 'hex').toString(), 'hi', 'hex')
  t.equal(Buffer.concat([Buffer.from('a'), Buffer.from('b')]).toString('base64'), 'YWI=', 'concat and base64')
  const buffer = Buffer.alloc(8)
  buffer.writeDoubleBE(1.5)
  t.equal(buffer.readDoubleBE(), 1.5, 'numbers')
})

test('ipc', async (t) => {
  const { err, data } = await ipc.request('ping', { value: { deep: ['ü', 1, null] } })
  t.ok(!err, 'no error')
  t.deepEqual(data.value, { deep: ['ü', 1, null] }, 'data')
  t.equal(ipc.sendSync('ping', { value: 1 }).data.value, 1, 'sendSync')
  const bytes = await ipc.request('fs.readFile', { path: 'index.html' }, { responseType: 'arraybuffer' })
  t.ok(Buffer.isBuffer(bytes.data), 'binary')
  const refused = await ipc.send('fs.stat', { path: 'none' })
  t.ok(refused.err instanceof Error && refused.err.code === 'ENOENT', 'errors')
})

test('application and window', async (t) => {
  t.equal(application.config.build_name, 'modules-tests', 'config')
  const screen = await application.getScreenSize()
  t.ok(screen.width > 0 && screen.height > 0, 'screen')
  const current = await application.getCurrentWindow()
  t.equal(current.index, 0, 'the first window')
  await current.setTitle('Modules')
  t.equal((await application.getCurrentWindow()).getTitle?.() ?? 'Modules', 'Modules', 'title')
  const second = await application.createWindow({ index: 3, path: 'index.html', title: 'Third', width: 300, height: 200 })
  t.equal(second.index, 3, 'another window')
  const all = await application.getWindows()
  t.ok([...Object.values(all)].some((each) => each?.index === 3), 'is listed')
  await second.close()
  t.notOk([...Object.values(await application.getWindows())].some((each) => each?.index === 3), 'and gone once it is closed')
})

test('what is not supported says so', async (t) => {
  const kinds = async (call) => {
    try {
      const result = await call()
      return result?.err ? `${result.err.name} ${result.err.code}` : 'nothing'
    } catch (error) {
      return `${error.name} ${error.code}`
    }
  }
  const expected = 'NotSupportedError ERR_NOT_SUPPORTED'
  const calls = {
    'fs.watchFile': () => fs.watchFile('a', () => {}),
    'fs.promises.statfs': () => fs.promises.statfs('/'),
    'fs.promises.glob': () => fs.promises.glob('*'),
    'fs.opendirSync': () => fs.opendirSync('.'),
    'process.kill': () => process.kill(1),
    'application.setSystemMenu': () => application.setSystemMenu({ index: 0, value: '' }),
    'ipc window.showFileSystemPicker': () => ipc.send('window.showFileSystemPicker', {})
  }
  for (const [name, call] of Object.entries(calls)) t.equal(await kinds(call), expected, name)
})
