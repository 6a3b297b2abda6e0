/**
 * Iterates over a readable stream; leaving the loop early destroys it.
 * @param {import('socket:stream').Readable} stream
 * @return {AsyncGenerator<any, void>}
 */
export async function * iterateStream (stream) {
  let wake = () => {}
  let error = null
  let isDone = stream.destroyed || stream.readableEnded
  const onerror = (cause) => { error = cause }
  const done = () => { isDone = true; wake() }
  const ready = () => wake()
  stream.on('error', onerror)
  stream.on('end', done)
  stream.on('close', done)
  stream.on('readable', ready)
  try {
    while (true) {
      const chunk = stream.destroyed ? null : stream.read()
      if (chunk !== null) {
        yield chunk
        continue
      }
      if (error ?? stream.errored) throw error ?? stream.errored
      if (isDone) return
      await new Promise((resolve) => { wake = resolve })
    }
  } finally {
    stream.removeListener('readable', ready)
    stream.removeListener('end', done)
    stream.removeListener('close', done)
    if (!stream.destroyed) stream.destroy()
    // Until it is closed it may still emit the error that was thrown here.
    if (stream.closed) stream.removeListener('error', onerror)
    else stream.once('close', () => stream.removeListener('error', onerror))
  }
}

export default iterateStream
