/** A file of 100 MB, written and read by the page and checked by SHA-256 on both sides. */
import * as fs from 'socket:fs/promises'
import { Buffer } from 'socket:buffer'
import process from 'socket:process'
import { inFolder, pattern, sha256 } from './helpers.js'

const LENGTH = 100_000_000

inFolder('100 MB are written and read', async (t, at) => {
  const bytes = pattern(LENGTH, 7)
  const expected = await sha256(bytes)
  // The test beside checks this file with another program.
  const path = process.env.LARGE_FILE || at('large')
  await fs.writeFile(path, bytes)
  t.equal((await fs.stat(path)).size, LENGTH, 'size')
  t.comment(`sha256 ${expected}`)
  const found = await fs.readFile(path)
  t.equal(found.length, LENGTH, 'length')
  t.equal(await sha256(found), expected, 'SHA-256')
})

inFolder('the same through a handle, in pieces that fit nowhere', async (t, at) => {
  const bytes = pattern(20_000_003, 9)
  const file = await fs.open(at('large'), 'w+')
  for (let start = 0; start < bytes.length; start += 777_777) await file.write(bytes.subarray(start, start + 777_777))
  const parts = []
  const buffer = Buffer.alloc(1_234_567)
  for (let position = 0; ;) {
    const { bytesRead } = await file.read(buffer, 0, buffer.length, position)
    if (bytesRead === 0) break
    parts.push(Buffer.from(buffer.subarray(0, bytesRead)))
    position += bytesRead
  }
  await file.close()
  t.equal(await sha256(Buffer.concat(parts)), await sha256(bytes), 'SHA-256')
})
