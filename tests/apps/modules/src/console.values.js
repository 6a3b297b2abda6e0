/** Prints values; Node prints them, too, and the test beside compares. */
class Point { constructor () { this.x = 1 } }
class Custom { [Symbol.for('nodejs.util.inspect.custom')] () { return 'custom!' } }
const circular = { name: 'circular' }
circular.self = circular

console.log('text', 1, -0, 10n, null, undefined, true, Symbol('s'))
console.log('%s is %d and %i, %j %% %o', 'x', 4.5, 4.5, { a: 1 }, [1], 'more')
console.log()
console.log([1, 2, 3], ['a', 'b'], [[1, [2, [3, [4]]]]], new Array(3))
console.log(Array.from({ length: 120 }, (_, index) => index * index))
console.log(Array.from({ length: 30 }, (_, index) => `item ${index}`))
console.log({ a: 1, 'b-c': 'two', d: { e: { f: { g: 1 } } }, [Symbol('k')]: 1 })
console.log({ long: 'x'.repeat(60), other: 'y'.repeat(60), list: [1, 2, 3] })
console.log(new Map([['a', 1], [{ b: 2 }, [3]]]), new Set([1, 'two']), new WeakMap())
console.log(new Date(0), /x/gi, new Point(), new Custom(), { nested: new Custom() }, circular)
console.log(function named () {}, () => {}, class A {}, class B extends Point {}, async () => {}, Math.max)
console.log(new Uint8Array([1, 2, 3]), new Float64Array(2), new ArrayBuffer(3), Object.create(null))
console.log('a\nb', ['a\nb', "it's", 'say "x"', '\u0000\u{1f30d}'], '')
console.log(Promise.resolve(1) instanceof Promise, new Proxy({ a: 1 }, {}), new String('s'), new Number(1), Object(1n))
console.log({ get a () { return 1 }, set b (value) {}, get c () { return 1 }, set c (value) {} })
console.group('group')
console.log('inside\nof it')
console.group()
console.info({ deeper: 1 })
console.groupEnd()
console.groupEnd()
console.log('outside')
console.count()
console.count('label')
console.count()
console.table([{ a: 1, b: 'x' }, { a: 2, c: true }])
console.dir({ a: { b: { c: { d: 1 } } } }, { depth: 0 })
console.debug('debug')
