/**
 * Moves bytes in pieces, several at once.
 *
 * Knows nothing of handles or calls: it is given functions that read or write one piece, so that
 * it can be tested without either.
 */

/** How many bytes are read in one call. */
export const READ_BYTES = 1024 * 1024

/** How many bytes are written in one call. */
export const WRITE_BYTES = 4 * 1024 * 1024

/** How many calls of one transfer are in flight. */
export const IN_FLIGHT = 4

/**
 * Reads `size` bytes at `position`; may give fewer, and none at the end of the file.
 * @typedef {(size: number, position: number|null) => Promise<Uint8Array>} ReadPiece
 */

/**
 * Writes bytes at `position` and tells how many it wrote.
 * @typedef {(bytes: Uint8Array, position: number|null) => Promise<number>} WritePiece
 */

/**
 * Cuts a range into pieces.
 * @param {number} length
 * @param {number} pieceBytes
 * @return {[number, number][]} start and end of each
 */
export function split (length, pieceBytes) {
  const pieces = []
  for (let start = 0; start < length; start += pieceBytes) pieces.push([start, Math.min(start + pieceBytes, length)])
  return pieces
}

/**
 * Fills `target` from `position` on.
 * @param {ReadPiece} read
 * @param {Uint8Array} target
 * @param {number|null} position null reads from the current position, one piece after the other
 * @return {Promise<number>} how many bytes there were
 */
export async function readInto (read, target, position) {
  if (position === null) return readForward(read, target)
  let end = target.length
  await inParallel(split(target.length, READ_BYTES), async ([from, to]) => {
    let at = from
    while (at < Math.min(to, end)) {
      const bytes = await read(to - at, position + at)
      if (bytes.length === 0) {
        end = Math.min(end, at)
        return
      }
      target.set(bytes, at)
      at += bytes.length
    }
  })
  return end
}

/**
 * Reads a whole file of which the size is roughly known.
 * @param {ReadPiece} read
 * @param {number} size
 * @return {Promise<Uint8Array>} more or fewer bytes if the file changed meanwhile
 */
export async function readWhole (read, size) {
  if (size === 0) return readToEnd(read, null)
  const target = new Uint8Array(size)
  const length = await readInto(read, target, 0)
  if (length < size) return target.subarray(0, length)
  const first = await read(READ_BYTES, size)
  if (first.length === 0) return target
  return join([target, first, await readToEnd(read, size + first.length)])
}

/**
 * Reads until there is no more.
 * @param {ReadPiece} read
 * @param {number|null} position
 * @return {Promise<Uint8Array>}
 */
export async function readToEnd (read, position) {
  const pieces = []
  let at = position
  while (true) {
    const bytes = await read(READ_BYTES, at)
    if (bytes.length === 0) return join(pieces)
    pieces.push(bytes)
    if (at !== null) at += bytes.length
  }
}

/**
 * Writes all of `bytes`.
 * @param {WritePiece} write
 * @param {Uint8Array} bytes
 * @param {number|null} position null writes at the current position, one piece after the other
 * @return {Promise<number>} how many bytes were written
 */
export async function writeAll (write, bytes, position) {
  const pieces = split(bytes.length, WRITE_BYTES)
  const writePiece = async ([from, to]) => {
    for (let at = from; at < to;) {
      const written = await write(bytes.subarray(at, to), position === null ? null : position + at)
      if (!(written > 0)) throw new Error('the file took no bytes')
      at += written
    }
  }
  if (position !== null) await inParallel(pieces, writePiece)
  else for (const piece of pieces) await writePiece(piece)
  return bytes.length
}

/**
 * Puts pieces together.
 * @param {Uint8Array[]} pieces
 * @return {Uint8Array}
 */
export function join (pieces) {
  if (pieces.length === 1) return pieces[0]
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0))
  let at = 0
  for (const piece of pieces) {
    whole.set(piece, at)
    at += piece.length
  }
  return whole
}

/** A short piece means that nothing more is there now, as in a pipe. */
async function readForward (read, target) {
  let at = 0
  while (at < target.length) {
    const wanted = Math.min(READ_BYTES, target.length - at)
    const bytes = await read(wanted, null)
    target.set(bytes, at)
    at += bytes.length
    if (bytes.length < wanted) break
  }
  return at
}

/** Works on several items at once; after a failure no further one is begun. */
async function inParallel (items, work) {
  let next = 0
  const worker = async () => {
    while (next < items.length) {
      try {
        await work(items[next++])
      } catch (error) {
        next = items.length
        throw error
      }
    }
  }
  const workers = Array.from({ length: Math.min(IN_FLIGHT, items.length) }, worker)
  const failed = (await Promise.allSettled(workers)).find(({ status }) => status === 'rejected')
  if (failed) throw failed.reason
}
