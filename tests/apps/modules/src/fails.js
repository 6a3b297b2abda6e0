/** One assertion that does not hold. */
import test from 'socket:test'

test('fails', (t) => { t.equal(1, 2, 'one is two') })
