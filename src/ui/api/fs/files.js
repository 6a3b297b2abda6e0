/**
 * @module fs/files
 *
 * Reads and writes whole files, and copies trees.
 */
import { fromBytes, toBytes, toFlags, toMode, toOptions, toPath } from 'socket:internal/fs-args'
import { abortError } from 'socket:internal/reply'
import { call, callSync } from 'socket:internal/transport'
import { FileHandle } from 'socket:fs/handle'
import { open, run, runSync } from 'socket:fs/operations'
import { join, READ_BYTES, readWhole, split, WRITE_BYTES, writeAll } from 'socket:fs/transfer'
import { Stats } from 'socket:fs/stats'

/** What the native side says of a file that does not fit into one answer. */
const TOO_LARGE = 'ERR_FS_FILE_TOO_LARGE_FOR_CALL'

/**
 * Describes the reading of a file.
 * @param {string|Buffer|URL} path
 * @param {string|object} [options]
 */
export function checkRead (path, options) {
  const { encoding, flag, signal } = toOptions(options)
  return { path: toPath(path), flag: toFlags(flag, 'r'), encoding, signal }
}

/**
 * Describes the writing of a file.
 * @param {string|Buffer|URL} path
 * @param {any} data
 * @param {string|object} [options]
 * @param {string} [flag] unless the options have one
 */
export function checkWrite (path, data, options, flag = 'w') {
  const given = toOptions(options)
  const isIterable = typeof data === 'object' && data !== null && !ArrayBuffer.isView(data) &&
    !(data instanceof ArrayBuffer) && Boolean(data[Symbol.asyncIterator] || data[Symbol.iterator])
  return {
    path: toPath(path),
    data: isIterable ? data : toBytes(data, given.encoding),
    isIterable,
    flag: toFlags(given.flag, flag),
    mode: toMode(given.mode, 0o666),
    encoding: given.encoding,
    flush: Boolean(given.flush),
    signal: given.signal
  }
}

/** Reads a file: in one call if it is small, else in pieces. */
export async function readFile ({ path, flag, encoding, signal }) {
  const { err, bytes } = await call('fs.readFile', { path, flag }, { binary: true, signal })
  if (!err) return fromBytes(bytes ?? new Uint8Array(0), encoding)
  if (err.code !== TOO_LARGE) throw err
  return withHandle(path, flag, undefined, async (handle) => {
    const { size } = await handle.stat()
    const read = (length, at) => handle._readPiece(length, at, signal)
    return fromBytes(await readWhole(read, size), encoding)
  })
}

/** Writes a file: in one call if it is small, else in pieces. */
export async function writeFile ({ path, data, isIterable, flag, mode, encoding, flush, signal }) {
  if (signal?.aborted) throw abortError(signal)
  if (!isIterable && !flush && data.length <= WRITE_BYTES) {
    await run({ command: 'fs.writeFile', params: { path, flag, mode }, options: { body: data, signal } })
    return
  }
  await withHandle(path, flag, mode, async (handle) => {
    const write = (piece, at) => handle._writePiece(piece, at, signal)
    const isAppending = typeof flag === 'number' || flag.includes('a')
    if (isIterable) await handle.writeFile(data, { encoding, signal })
    else await writeAll(write, data, isAppending ? null : 0)
    if (flush) await handle.sync()
  })
}

/** Reads a file and blocks until it is read. */
export function readFileSync ({ path, flag, encoding }) {
  const { err, bytes } = callSync('fs.readFile', { path, flag }, { binary: true })
  if (!err) return fromBytes(bytes ?? new Uint8Array(0), encoding)
  if (err.code !== TOO_LARGE) throw err
  return withIdSync(open(path, flag), (id) => {
    const pieces = []
    while (true) {
      const bytes = readSync(id, READ_BYTES, null)
      if (bytes.length === 0) return fromBytes(join(pieces), encoding)
      pieces.push(bytes)
    }
  })
}

/** Writes a file and blocks until it is written. */
export function writeFileSync ({ path, data, isIterable, flag, mode, flush }) {
  const bytes = isIterable ? toBytes(data) : data
  if (!flush && bytes.length <= WRITE_BYTES) {
    runSync({ command: 'fs.writeFile', params: { path, flag, mode }, options: { body: bytes } })
    return
  }
  withIdSync(open(path, flag, mode), (id) => {
    writeSync(id, bytes, null)
    if (flush) runSync({ command: 'fs.fsync', params: { id } })
  })
}

/** Reads one piece of an open file and blocks until it is read. */
export function readSync (id, size, offset) {
  const operation = { command: 'fs.read', params: { id, size, offset }, options: { binary: true } }
  return runSync({ ...operation, map: (_, bytes) => bytes ?? new Uint8Array(0) })
}

/** Writes all bytes to an open file and blocks until they are written. */
export function writeSync (id, bytes, position) {
  for (const [from, to] of split(bytes.length, WRITE_BYTES)) {
    for (let at = from; at < to;) {
      const params = { id, offset: position === null ? null : position + at }
      const options = { body: bytes.subarray(at, to) }
      const written = runSync({ command: 'fs.write', params, options, map: (data) => data.bytesWritten })
      if (!(written > 0)) throw new Error('the file took no bytes')
      at += written
    }
  }
  return bytes.length
}

/** Describes an open file and blocks until it is described. */
export function fstatSync (id, options) {
  const { bigint } = toOptions(options)
  return runSync({ command: 'fs.fstat', params: { id }, map: (data) => Stats.from(data, bigint) })
}

async function withHandle (path, flags, mode, use) {
  const handle = await FileHandle.open(path, flags, mode)
  try {
    return await use(handle)
  } finally {
    await handle.close()
  }
}

function withIdSync (opening, use) {
  const { id } = runSync(opening)
  try {
    return use(id)
  } finally {
    runSync({ command: 'fs.close', params: { id } })
  }
}
