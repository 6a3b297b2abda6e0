/** Has to compile: an app in TypeScript that uses the modules, checked by `tests/js/typescript.test.mjs`. */
import fs from 'socket:fs/promises'
import { readFile, open, type FileHandle } from 'socket:fs/promises'
import * as path from 'socket:path'
import os from 'socket:os'
import process from 'socket:process'
import { Buffer } from 'socket:buffer'
import test from 'socket:test'
import nodefs from 'socket:fs'

const text: string = await fs.readFile('index.html', 'utf8')
const bytes = await readFile('index.html')
const n: number = bytes.length
const stats = await fs.stat('x')
if (stats.isFile()) console.log(stats.size, text, n, path.join('a', 'b'), os.platform(), process.cwd(), Buffer.from('a').toString('hex'))
const handle: FileHandle = await open('a', 'r+')
const { bytesRead } = await handle.read(Buffer.alloc(3), 0, 3, 0)
await handle.write('x'); await handle.close()
for (const entry of await fs.readdir('.', { withFileTypes: true })) console.log(entry.name, entry.isDirectory())
for await (const entry of await fs.opendir('.')) console.log(entry?.name)
nodefs.watch('a', (type, name) => console.log(type, name)).close()
nodefs.createReadStream('a').pipe(nodefs.createWriteStream('b'))
test('x', (t) => { t.equal(bytesRead, 1, 'm') })

import { network, Encryption, NAT } from 'socket:network'
import { Peer, RemotePeer } from 'socket:latica'
import { wrap } from 'socket:stream-relay'
import { Peer as OldPeer } from 'socket:peer'
import { randomBytes } from 'socket:crypto'

const signingKeys = await Encryption.createKeyPair()
const bus = await network({ peerId: await Encryption.createId(), clusterId: await Encryption.createClusterId('app'), signingKeys })
const room = await bus.subcluster({ sharedKey: await Encryption.createSharedKey('room') })
room.on('mew', (value, packet) => console.log(JSON.parse(value), packet.verification), { order: 'causal' })
room.on('#join', (peer) => { peer.emit('mew', { to: peer.peerId }) })
const [sent] = await room.emit('mew', { food: true }, { ttl: 1000 })
console.log((await room.previous(sent))?.value.length, NAT.toString(NAT.UNRESTRICTED), bus.address().natType)
const low = new Peer({ peerId: '', clusterId: 'x', peers: [new RemotePeer({ peerId: '', address: '127.0.0.1', port: 1 })] })
low.onPacket = (packet) => console.log(packet.packetId.toString('hex'))
await low.init()
const Wrapped = wrap()
await new Wrapped({ clusterId: randomBytes(32) }).publish(randomBytes(32), { message: randomBytes(1) })
await new OldPeer(signingKeys).publish({ message: 'hello' })

import { actor, cause, snapshot, subscribe, tracingChannel, channels } from 'socket:diagnostics'
import { metrics } from 'socket:diagnostics/window'
import { query } from 'socket:diagnostics/runtime'

subscribe('runtime.call', ({ name, duration, cause, error }) => console.log(name, duration.toFixed(1), cause.length, error?.message))
subscribe('my.channel', (message, name) => console.log(message, String(name)))
const { actors, findings } = await snapshot()
console.log(actors[0].depth, findings[0]?.text, (await actor('files')).types.ReadFile?.oldest_ms, cause()?.length)
console.log(tracingChannel('save').traceSync((a: number) => a + 1, {}, null, 1).toFixed())
metrics.subscribe('fetch.*', (message) => console.log(message)); metrics.start(['fetch'])
console.log((await query('fs')).descriptors.handles.count, channels.group('mine', ['a']).select('*').length)
