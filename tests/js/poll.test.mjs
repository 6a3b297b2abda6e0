/** How a worker receives events: by a queue of its own, which may have to be opened again. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import './loader.mjs'
import { answers } from './fake-native.mjs'

globalThis.WorkerGlobalScope = class {}

const { startEvents } = await import('socket:internal/poll')

test('a_worker_whose_queue_is_gone_opens_another', async () => {
  const asked = []
  let opened = 0
  const done = new Promise((resolve) => {
    globalThis.dispatchEvent = resolve
    answers['event.open'] = () => ({ client: `client-${++opened}` })
    answers['event.next'] = ({ client }) => {
      asked.push(client)
      if (asked.length > 2) throw Object.assign(new Error('enough'), { code: 'ERR_PERMISSION' })
      if (client === 'client-1') throw Object.assign(new Error('gone'), { name: 'NotFoundError', code: 'ERR_NO_CLIENT' })
      return [{ event: 'tick', data: 1 }]
    }
  })
  startEvents()
  const event = await done
  assert.deepEqual([event.type, event.detail], ['tick', 1])
  assert.deepEqual(asked.slice(0, 2), ['client-1', 'client-2'])
})
