/** An error that nobody catches. */
import test from 'socket:test'

test('throws later', () => new Promise(() => setTimeout(() => { throw new Error('out of the blue') })))
