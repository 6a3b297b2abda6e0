/** Watching for changes. */
import fs from 'socket:fs'
import { fails, inFolder } from './helpers.js'

const { appendFile, mkdir, rename, rm, watch, writeFile } = fs.promises

/** Waits until `seen` holds an event that fits, however many others come before. */
function until (watcher, fits) {
  return new Promise((resolve, reject) => {
    watcher.on('error', reject)
    watcher.on('change', (type, name) => { if (fits(type, name)) resolve([type, name]) })
  })
}

inFolder('a folder tells what happens in it', async (t, at) => {
  await writeFile(at('old'), '')
  const watcher = fs.watch(at('.'))
  const created = until(watcher, (type, name) => type === 'rename' && name === 'new')
  await writeFile(at('new'), '')
  t.deepEqual(await created, ['rename', 'new'], 'a new file')
  const changed = until(watcher, (type, name) => type === 'change' && name === 'old')
  await appendFile(at('old'), 'x')
  t.deepEqual(await changed, ['change', 'old'], 'a changed file')
  const moved = until(watcher, (type, name) => name === 'moved')
  await rename(at('new'), at('moved'))
  t.deepEqual(await moved, ['rename', 'moved'], 'a moved file')
  const removed = until(watcher, (type, name) => name === 'old' && type === 'rename')
  await rm(at('old'))
  t.deepEqual(await removed, ['rename', 'old'], 'a removed file')
  const closed = new Promise((resolve) => watcher.once('close', resolve))
  watcher.close()
  await closed
  t.pass('close')
})

inFolder('a file tells of itself', async (t, at) => {
  await writeFile(at('a'), '')
  const seen = []
  const watcher = fs.watch(at('a'), (type, name) => seen.push([type, name]))
  const changed = until(watcher, (type) => type === 'change')
  await appendFile(at('a'), 'x')
  t.deepEqual(await changed, ['change', 'a'], 'its name')
  t.ok(seen.length > 0, 'the listener is called')
  watcher.close()
})

inFolder('a watcher is iterated over until its signal fires', async (t, at) => {
  await mkdir(at('folder'))
  const controller = new AbortController()
  const names = []
  const watching = (async () => {
    for await (const { eventType, filename } of watch(at('folder'), { signal: controller.signal })) {
      names.push([eventType, filename])
      controller.abort()
    }
  })()
  const ended = fails(t, watching, { name: 'AbortError', code: 'ABORT_ERR' }, 'it ends with an AbortError')
  // The folder is watched from the first step of the loop; until that is done, nothing is seen.
  for (let index = 0; names.length === 0 && index < 200; index++) {
    await writeFile(at('folder', `file${index}`), '')
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
  await ended
  t.ok(names.length > 0 && names[0][0] === 'rename' && /^file\d+$/.test(names[0][1]), 'after the first event')
})

inFolder('nothing can be watched that is not there', async (t, at) => {
  const watcher = () => new Promise((resolve, reject) => fs.watch(at('none')).on('error', reject))
  await fails(t, watcher, { code: 'ENOENT', syscall: 'watch', path: at('none') }, 'an error')
})
