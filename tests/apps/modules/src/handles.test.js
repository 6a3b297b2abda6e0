/** An open file belongs to the window that opened it. */
import application from 'socket:application'
import { readdir, readlink } from 'socket:fs/promises'
import ipc from 'socket:ipc'
import process from 'socket:process'
import test from 'socket:test'

/** How many descriptors of the app are open for a file. */
async function openCount (name) {
  const folder = `/proc/${process.pid}/fd`
  const targets = await Promise.all((await readdir(folder)).map((fd) => readlink(`${folder}/${fd}`).catch(() => '')))
  return targets.filter((target) => target.endsWith(name)).length
}

test('another window can neither use a handle nor keep it open', async (t) => {
  const channel = new BroadcastChannel('handles')
  const opened = new Promise((resolve) => { channel.onmessage = ({ data }) => resolve(data) })
  const window = await application.createWindow({ index: 1, path: 'handle-owner.html' })
  const { id } = await opened
  t.equal(await openCount('/handle-owner.html') + await openCount('/index.html'), 1, 'one file is open')
  for (const [command, params] of [['fs.read', { id, size: 1 }], ['fs.write', { id }], ['fs.fstat', { id }], ['fs.close', { id }]]) {
    const { err } = await ipc.request(command, params)
    t.equal(err?.code, 'EBADF', `${command} from another window`)
  }
  t.equal(await openCount('/index.html'), 1, 'it is still open')
  await window.close()
  // The file is closed after the window, by another actor.
  for (let tries = 0; await openCount('/index.html') > 0 && tries < 200; tries++) await new Promise((resolve) => setTimeout(resolve, 10))
  t.equal(await openCount('/index.html'), 0, 'closed with its window')
  const { err } = await ipc.request('fs.fstat', { id })
  t.equal(err?.code, 'EBADF', 'and gone')
})
