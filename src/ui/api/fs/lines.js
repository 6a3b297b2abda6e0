/**
 * @module fs/lines
 *
 * Reads a file line by line.
 */

/**
 * Yields the lines of a file, without their ends, and closes it.
 * @param {import('socket:fs/handle').FileHandle} handle
 * @param {object} [options] those of `createReadStream`
 * @return {AsyncGenerator<string>}
 */
export async function * readLines (handle, options) {
  let rest = ''
  for await (const text of handle.createReadStream({ encoding: 'utf8', ...options })) {
    // A carriage return at the end may be half of a line's end.
    const isSplit = text.endsWith('\r')
    const lines = (rest + (isSplit ? text.slice(0, -1) : text)).split(/\r\n|\n|\r/)
    rest = lines.pop() + (isSplit ? '\r' : '')
    yield * lines
  }
  if (rest.endsWith('\r')) rest = rest.slice(0, -1)
  if (rest) yield rest
}

export default readLines
