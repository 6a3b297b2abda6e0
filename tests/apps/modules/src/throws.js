import test from 'socket:test'
test('throws later', (t) => new Promise(() => setTimeout(() => { throw new Error('out of the blue') })))
