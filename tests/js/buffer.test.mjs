import assert from 'node:assert/strict'
import { Buffer as NodeBuffer } from 'node:buffer'
import test from 'node:test'
import './loader.mjs'
import { random, SEED } from './random.mjs'
import { since20 } from './old-node.mjs'

const { Buffer, ...module } = await import('socket:buffer')

const ENCODINGS = ['utf8', 'utf-8', 'utf16le', 'ucs2', 'latin1', 'binary', 'ascii', 'hex', 'base64', 'base64url', 'UTF8', 'HEX']
const ALPHABET = ['a', 'b', 'Q', '=', '+', '/', '-', '_', ' ', '\n', '0', 'f', 'F', 'é', '€', '\u{1f600}', '\ud800', '\udc00', '\u0000']
const INDICES = [undefined, 0, 1, 2, 3, 5, -1, -2, -9, 40, 1.5, NaN, Infinity, -Infinity, '1', null, {}, 2 ** 33]

/** Runs the same on both and compares what came out. Where several arguments are wrong, any may be named first. */
function check (label, body) {
  const [expected, actual] = [NodeBuffer, Buffer].map((Class) => outcome(() => body(Class)))
  if (expected.name && actual.name) return
  assert.deepEqual(actual, expected, `${label}, seed ${SEED}`)
}

/** Runs the same on both and compares what came out, the wording of errors included. */
function checkWording (label, body) {
  const [expected, actual] = [NodeBuffer, Buffer].map((Class) => outcome(() => body(Class)))
  assert.deepEqual(actual, expected, label)
}

function outcome (body) {
  try {
    return { value: plain(body()) }
  } catch (error) {
    return { name: error.name, code: error.code, message: error.code ? error.message : undefined }
  }
}

function plain (value) {
  if (value instanceof Uint8Array) return { bytes: Array.from(value) }
  if (Array.isArray(value)) return value.map(plain)
  return value
}

test('text is encoded and decoded as by Node', () => {
  const source = random(SEED)
  for (let round = 0; round < 20000; round += 1) {
    const encoding = source.pick(ENCODINGS)
    // Node reads only the low byte of a character that base64 cannot hold.
    const text = source.text(encoding.startsWith('base64') ? ALPHABET.filter((each) => each <= 'é') : ALPHABET, 12)
    check(`from(${JSON.stringify(text)}, ${encoding})`, (B) => B.from(text, encoding))
    check(`byteLength(${JSON.stringify(text)}, ${encoding})`, (B) => B.byteLength(text, encoding))
    const bytes = source.bytes(12)
    check(`toString(${bytes}, ${encoding})`, (B) => B.from(bytes).toString(encoding))
    const [start, end] = [source.pick(INDICES), source.pick(INDICES)]
    check(`toString(${bytes}, ${encoding}, ${start}, ${end})`, (B) => B.from(bytes).toString(encoding, start, end))
    check(`write(${JSON.stringify(text)}, ${start}, ${end}, ${encoding}) into ${bytes.length}`, (B) => {
      const target = B.alloc(bytes.length)
      return [target.write(text, start, end, encoding), target]
    })
  }
})

test('large texts survive every encoding', () => {
  const bytes = Uint8Array.from({ length: 100000 }, (_, index) => (index * 31) & 255)
  for (const encoding of ENCODINGS) {
    if (encoding === 'ascii') continue
    assert.equal(Buffer.from(bytes).toString(encoding), NodeBuffer.from(bytes).toString(encoding))
  }
})

test('numbers are read and written as by Node', () => {
  const source = random(SEED)
  const names = Object.getOwnPropertyNames(NodeBuffer.prototype).filter((name) => /^(read|write)(Big|U?[iI]nt|Float|Double)/.test(name))
  assert.ok(names.length >= 50)
  const values = [0, 1, -1, 127, 128, 255, 256, -128, -129, 65535, 65536, 2 ** 31, 2 ** 32 - 1, 2 ** 32, -(2 ** 31), 2 ** 47, 2 ** 48, 1.5, NaN, Infinity, '12', undefined, null]
  const bigs = [0n, 1n, -1n, 2n ** 63n, 2n ** 63n - 1n, -(2n ** 63n), 2n ** 64n - 1n, 2n ** 64n]
  for (let round = 0; round < 15000; round += 1) {
    const name = source.pick(names)
    const bytes = source.bytes(12)
    const offset = source.pick(INDICES)
    const width = source.pick([1, 2, 3, 4, 5, 6, 6, 7, 0, 1.5, undefined, '2'])
    const hasWidth = /U?[iI]nt[LB]E$/.test(name)
    const value = name.includes('Big') ? source.pick(bigs) : source.pick(values)
    check(`${name}(${value}, ${offset}, ${width}) on ${bytes.length}`, (B) => {
      const buffer = B.from(bytes)
      if (name.startsWith('read')) return hasWidth ? buffer[name](offset, width) : buffer[name](offset)
      return [hasWidth ? buffer[name](value, offset, width) : buffer[name](value, offset), buffer]
    })
  }
})

test('searching, filling, comparing and copying are as in Node', () => {
  const source = random(SEED)
  const small = ['a', 'b', 'ab', 'é']
  for (let round = 0; round < 20000; round += 1) {
    const text = source.text(small, 10)
    const part = source.text(small, 3)
    const [a, b, c, d] = Array.from({ length: 4 }, () => source.pick(INDICES))
    const encoding = source.pick([undefined, 'utf8', 'utf16le', 'latin1', 'hex', 'nonsense'])
    const label = JSON.stringify({ text, part, a, b, c, d, encoding }, (_, value) => value === undefined ? 'undefined' : Object.is(value, NaN) ? 'NaN' : value)
    for (const name of ['indexOf', 'lastIndexOf', 'includes']) {
      check(`${name} ${label}`, (B) => B.from(text, 'utf16le')[name](part, a, encoding))
      check(`${name} text ${label}`, (B) => B.from(text)[name](part, a))
      check(`${name} bytes ${label}`, (B) => B.from(text)[name](B.from(part), a))
      check(`${name} number ${label}`, (B) => B.from(text)[name](97 + 256 * (round % 2), a))
    }
    check(`fill ${label}`, (B) => B.from(text).fill(part, a, b, encoding))
    check(`fill number ${label}`, (B) => B.from(text).fill(round, a, b))
    check(`slice ${label}`, (B) => B.from(text).slice(a, b))
    check(`subarray ${label}`, (B) => B.from(text).subarray(a, b))
    check(`compare ${label}`, (B) => B.from(text).compare(B.from(part), a, b, c, d))
    check(`Buffer.compare ${label}`, (B) => B.compare(B.from(text), B.from(part)))
    check(`equals ${label}`, (B) => B.from(text).equals(B.from(part)))
    check(`copy ${label}`, (B) => {
      const target = B.alloc(8)
      return [B.from(text).copy(target, a, b, c), target]
    })
    check(`concat ${label}`, (B) => B.concat([B.from(text), B.from(part)], round % 3 ? undefined : a))
  }
})

test('making a buffer is as in Node', since20, () => {
  const inputs = [
    undefined, null, 5, true, 'abc', '', [], [1, 2, 300, -1, 'x'], {}, { length: 2, 0: 7 }, { type: 'Buffer', data: [1, 2] },
    new Uint8Array([1, 2]), new Uint16Array([1, 2, 257]), new ArrayBuffer(3), { length: 'x' }, new String('boxed'), // eslint-disable-line no-new-wrappers
    { valueOf: () => 'value' }, { [Symbol.toPrimitive]: () => 'primitive' }, Symbol.iterator, () => {}
  ]
  for (const [index, input] of inputs.entries()) {
    check(`from input ${index}`, (B) => B.from(input))
    check(`byteLength input ${index}`, (B) => B.byteLength(input))
    check(`concat input ${index}`, (B) => B.concat([input]))
    check(`equals input ${index}`, (B) => B.from('a').equals(input))
    check(`alloc input ${index}`, (B) => B.alloc(input))
  }
  for (const offset of INDICES) {
    for (const length of INDICES) check(`from memory ${String(offset)}, ${String(length)}`, (B) => B.from(new ArrayBuffer(6), offset, length))
  }
  for (const fill of ['ab', '', 7, true, new Uint8Array([1, 2]), undefined]) check(`alloc ${fill}`, (B) => B.alloc(5, fill))
  for (const size of [-1, NaN, 1e20, 1.5]) assert.equal(outcome(() => Buffer.alloc(size)).code, outcome(() => NodeBuffer.alloc(size)).code)
  for (const width of ['swap16', 'swap32', 'swap64']) {
    check(width, (B) => B.from([1, 2, 3, 4, 5, 6, 7, 8])[width]())
    check(width, (B) => B.from([1, 2, 3])[width]())
  }
})

test('a buffer is a Uint8Array that shares memory with its slices', () => {
  const buffer = Buffer.from([1, 2, 3, 4])
  buffer.slice(1, 3)[0] = 9
  assert.deepEqual([...buffer], [1, 9, 3, 4])
  assert.ok(buffer instanceof Uint8Array && buffer instanceof Buffer && Buffer.isBuffer(buffer.map((byte) => byte)))
  assert.ok(!Buffer.isBuffer(new Uint8Array(1)))
  assert.ok(Buffer.isBuffer(Buffer('x')) && Buffer.isBuffer(new Buffer(3))) // eslint-disable-line
  assert.equal(JSON.stringify(buffer), JSON.stringify(NodeBuffer.from(buffer)))
  assert.equal(buffer.inspect(), '<Buffer 01 09 03 04>')
  assert.equal(Buffer.alloc(52).inspect(), NodeBuffer.alloc(52).inspect())
  assert.equal(buffer.buffer, buffer.parent)
  assert.deepEqual(Object.keys(buffer), ['0', '1', '2', '3'])
  assert.ok(Buffer.isEncoding('UCS-2') && !Buffer.isEncoding('x') && !Buffer.isEncoding(''))
  for (const name of ['INSPECT_MAX_BYTES', 'SlowBuffer', 'kMaxLength', 'Blob', 'File', 'atob', 'btoa', 'constants', 'default']) {
    if (name !== 'File' || globalThis.File) assert.notEqual(module[name], undefined, name)
  }
})

test('errors are worded as in Node', since20, () => {
  const faults = [
    (B) => B.from(5), (B) => B.from(null), (B) => B.from({}), (B) => B.from('a', 'nonsense'), (B) => B.alloc('5'), (B) => B.alloc(3).fill('a', 5),
    (B) => B.alloc(3).fill('zz', 'hex'), (B) => B.alloc(3).readInt8(3), (B) => B.alloc(3).readInt8(1.5), (B) => B.alloc(3).readInt8('1'),
    (B) => B.alloc(1).readInt32LE(), (B) => B.alloc(1).readInt32LE(NaN), (B) => B.alloc(9).readUIntBE(0, 7), (B) => B.alloc(9).readUIntBE(0), (B) => B.alloc(9).readUIntBE(),
    (B) => B.alloc(8).writeInt8(128), (B) => B.alloc(8).writeUInt16LE(-1), (B) => B.alloc(8).writeInt32BE(2 ** 31), (B) => B.alloc(8).writeUInt32BE(2 ** 32),
    (B) => B.alloc(8).writeIntLE(2 ** 40, 0, 5), (B) => B.alloc(8).writeUIntLE(2 ** 48, 0, 6), (B) => B.alloc(8).writeBigInt64LE(2n ** 63n), (B) => B.alloc(8).writeBigUInt64LE(-1n),
    (B) => B.alloc(8).writeBigInt64LE(5), (B) => B.alloc(3).swap16(), (B) => B.alloc(3).equals('a'), (B) => B.alloc(3).compare('a'), (B) => B.compare('a', B.alloc(1)),
    (B) => B.concat('a'), (B) => B.concat(['a']), (B) => B.byteLength(5), (B) => B.alloc(3).indexOf({}), (B) => B.alloc(3).indexOf('a', 0, 'nonsense'),
    (B) => B.alloc(3).write(5), (B) => B.alloc(3).write('a', 4), (B) => B.alloc(3).write('a', 0, 'nonsense'), (B) => B.alloc(3).toString('nonsense'),
    (B) => B.from(new ArrayBuffer(2), 3), (B) => B.from(new ArrayBuffer(2), 0, 3), (B) => B.alloc(3).copy('a'), (B) => B.alloc(3).copy(B.alloc(3), -1), (B) => B.alloc(-1), (B) => B.allocUnsafe(2 ** 60)
  ]
  for (const fault of faults) checkWording(String(fault), fault)
})
