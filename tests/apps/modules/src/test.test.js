import test from 'socket:test'
test('first', (t) => { t.equal(1, 1, 'one is one'); console.log(Array.from({length: 30}, (_, i) => i*i), { a: document.body }) })
