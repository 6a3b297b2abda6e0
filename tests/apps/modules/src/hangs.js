import test from 'socket:test'
test('hangs', (t) => new Promise(() => {}))
