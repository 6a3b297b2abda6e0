import { bootstrap, request, requestSync } from './bridge.js'

const asked = await request('ping', { value: 'worker' })
const waited = requestSync('ping', { value: 'sync' })
postMessage({ index: bootstrap.index, asked: asked.data.value, waited: waited.data.value })
