/** A test that never ends. */
import test from 'socket:test'

test('hangs', () => new Promise(() => {}))
