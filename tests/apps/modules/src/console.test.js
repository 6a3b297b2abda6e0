/** The console; the test beside compares what it prints with what Node prints. */
import { Buffer } from 'socket:buffer'
import { Console } from 'socket:console'
import { inspect } from 'socket:util'
import test from 'socket:test'

test('values are printed', async (t) => {
  console.log('--- values')
  await import('./console.values.js')
  console.log('--- end')
  t.equal(inspect(Buffer.from('<!doc')), '<Buffer 3c 21 64 6f 63>', 'a Buffer')
  t.equal(inspect({ b: Buffer.alloc(60) }), `{\n  b: <Buffer ${'00 '.repeat(50)}... 10 more bytes>\n}`, 'a long one')
})

test('a console of one\'s own', (t) => {
  const lines = []
  const own = new Console({ write: (stream, text) => lines.push([stream, text]) })
  own.log('a', { b: 1 })
  own.error('c')
  t.deepEqual(lines, [['stdout', 'a { b: 1 }\n'], ['stderr', 'c\n']], 'writes to where it is told')
  t.throws(() => new Console({ postMessage: 7 }), TypeError, 'wrong options')
})
