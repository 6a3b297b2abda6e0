/**
 * Starts the app: who one is, which room, and what keys and clicks do.
 */
import fs from 'socket:fs/promises'
import { network, Encryption } from 'socket:network'
import path from 'socket:path'
import process from 'socket:process'

import { History } from './history.js'
import { Profile, toHex } from './profile.js'
import { Room, TYPING_MS } from './room.js'
import { drawMessages, drawNetwork, drawPeople, drawTyping, fitComposer, isAtEnd, parts, scrollToEnd, toast } from './view.js'
import { makeSecret, roomName } from './words.js'

const CLUSTER = 'org.socket-runtime.chat'
const TYPING_AGAIN_MS = 2_000
const IS_MAC = process.platform === 'darwin'

let room = null
let history = null
let me = null
let socket = null
let pending = []
let missedFrom = null
let missed = 0
let enteredAt = 0
let typedAt = 0

/** Reads who one is, or asks. */
async function whoAmI (profile) {
  const known = await profile.read()
  const { CHAT_NAME: name, CHAT_ROOM: secret } = process.env
  if (known) {
    const changed = { ...known, name: name || known.name, room: secret || known.room }
    if (name || secret) await profile.write(changed)
    return changed
  }
  const answers = name && secret ? { name, room: secret } : await ask(name)
  const made = { ...answers, peerId: await Encryption.createId(), keys: await Encryption.createKeyPair() }
  await profile.write(made)
  return made
}

/** Asks for a name and a room. */
function ask (name = '') {
  parts.name.value = name
  parts.secret.value = makeSecret()
  parts.welcome.showModal()
  parts.name.focus()
  // Without answers there is nothing behind the card.
  parts.welcome.addEventListener('cancel', (event) => event.preventDefault())
  return new Promise((resolve) => parts.enter.addEventListener('submit', () => {
    resolve({ name: parts.name.value.trim() || 'Somebody', room: parts.secret.value.trim() })
  }, { once: true }))
}

/** Enters the room. */
async function enter () {
  const folder = path.join(path.DATA, 'chat')
  const profile = await whoAmI(new Profile(fs, folder))
  me = { name: profile.name, key: toHex(profile.keys.publicKey), room: profile.room }
  parts.room.textContent = roomName(profile.room)
  parts.mark.textContent = [...parts.room.textContent][0] ?? '•'
  const sharedKey = await Encryption.createSharedKey(profile.room)
  const { publicKey } = await Encryption.createKeyPair(sharedKey)
  history = new History(fs, `${folder}/room-${toHex(publicKey).slice(0, 16)}.jsonl`)
  await history.read()
  draw()
  scrollToEnd()
  socket = await network({ peerId: profile.peerId, clusterId: CLUSTER, signingKeys: profile.keys })
  for (const name of ['#ready', '#connection', '#disconnection', '#connecting']) socket.on(name, () => drawStatus())
  room = new Room(await socket.subcluster({ sharedKey }), history, { name: me.name, key: me.key })
  enteredAt = Date.now()
  listen()
  await room.open()
  draw()
  drawStatus()
  scrollToEnd()
  read()
}

function listen () {
  room.addEventListener('people', draw)
  room.addEventListener('status', draw)
  room.addEventListener('message', ({ detail: { message, isOwn } }) => arrived(message, isOwn))
  room.addEventListener('typing', () => {
    showTyping()
    setTimeout(showTyping, TYPING_MS)
  })
  room.addEventListener('back', () => read())
}

/** Whether what is said now is seen: only then is it read, and only else was it missed. */
const isLooking = () => document.visibilityState === 'visible'

/** What was said before one came, or while one did not look, was missed. */
function arrived (message, isOwn) {
  const wasAtEnd = isAtEnd()
  if (isOwn) {
    pending = pending.filter((each) => each.text !== message.text)
  } else if (message.at < enteredAt || !isLooking()) {
    missed += 1
    const order = history.messages
    const first = order.findIndex(({ id }) => id === missedFrom)
    if (first < 0 || order.findIndex(({ id }) => id === message.id) < first) missedFrom = message.id
  }
  draw()
  if (wasAtEnd || isOwn) scrollToEnd()
  else parts.latest.hidden = false
  read()
}

/** Tells the authors of what is in sight that it was read. */
function read () {
  if (!room || !isLooking()) return
  const others = history.messages.filter(({ key }) => key !== me.key).slice(-64)
  room.seen(others.map(({ id }) => id))
}

function draw () {
  const people = room?.people ?? new Map([[me.key, { ...me, peers: new Set() }]])
  drawPeople([...people.values()], me.key)
  const names = new Map([...people.values()].map(({ key, name }) => [key, name]))
  drawMessages(history.messages, { me: me.key, names, stateOf: (message) => stateOf(message, names), missedFrom, missed, pending })
  drawStatus()
  showTyping()
}

/** How far a message of one's own has come. */
function stateOf (message, names) {
  if (message.failed) return { state: 'failed' }
  if (message.pending) return { state: 'sending' }
  const readers = [...room?.seenBy.get(message.id) ?? []]
  if (readers.length > 0) return { state: 'seen', names: readers.map((key) => names.get(key) ?? 'somebody') }
  const isRead = history.messages.some(({ key, clock }) => key !== me.key && clock > message.clock)
  return { state: isRead || room?.present.length > 0 ? 'sent' : 'waiting' }
}

function drawStatus () {
  if (!socket) return drawNetwork('looking', 'Looking for others…')
  const { address, port, natType } = socket.address()
  const count = room?.present.length ?? 0
  parts.details.textContent = address ? `Your peer is ${address}:${port} (${natType.toLowerCase().replace('_', ' ')}), ${socket.peerId}` : `Your peer is ${socket.peerId}`
  if (count > 0) return drawNetwork('here', count === 1 ? 'One other is here' : `${count} others are here`)
  const known = socket.peer.getPeers().length
  return known > 0 ? drawNetwork('here', 'On the network') : drawNetwork('looking', 'Looking for others…')
}

function showTyping () {
  const now = Date.now()
  drawTyping((room?.present ?? []).filter(({ typing }) => typing > now).map(({ name }) => name))
}

/** Sends what is in the field, or a message that failed before. */
async function send (text, id = `pending-${crypto.randomUUID()}`) {
  const message = { id, key: me.key, name: me.name, text, at: Date.now(), clock: Infinity, pending: true }
  pending = [...pending.filter((each) => each.id !== id), message]
  missedFrom = null
  missed = 0
  draw()
  scrollToEnd()
  try {
    await room.say(text)
    pending = pending.filter((each) => each.id !== id)
  } catch (error) {
    message.failed = true
    console.error(error)
  }
  draw()
}

async function copySecret () {
  try {
    await navigator.clipboard.writeText(me.room)
    toast('The secret is copied. Whoever gets it can enter.')
  } catch {
    toast(`The secret is: ${me.room}`)
  }
}

/** What Ctrl (on a Mac: Command) and a key do. */
const KEYS = {
  i: copySecret,
  l: () => dispatchEvent(new Event('toggle-theme')),
  '/': () => parts.keys.showModal()
}

addEventListener('keydown', (event) => {
  if (parts.keys.open || parts.welcome.open) return
  if (event.key === 'Escape') parts.text.focus()
  if (event.key === 'PageUp' || event.key === 'PageDown') {
    parts.scroll.scrollBy({ top: (event.key === 'PageUp' ? -0.9 : 0.9) * parts.scroll.clientHeight })
    event.preventDefault()
  }
  const action = (IS_MAC ? event.metaKey : event.ctrlKey) && !event.altKey && KEYS[event.key.toLowerCase()]
  if (!action) return
  event.preventDefault()
  action()
})

parts.text.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return
  event.preventDefault()
  parts.composer.requestSubmit()
})

parts.text.addEventListener('input', () => {
  fitComposer()
  if (Date.now() - typedAt < TYPING_AGAIN_MS || parts.text.value === '') return
  typedAt = Date.now()
  room?.typing()
})

parts.composer.addEventListener('submit', (event) => {
  event.preventDefault()
  const text = parts.text.value.trim()
  if (text === '' || !room) return
  parts.text.value = ''
  typedAt = 0
  fitComposer()
  send(text)
})

parts.messages.addEventListener('click', ({ target }) => {
  const again = pending.find(({ id }) => id === target.dataset.again)
  if (again) send(again.text, again.id)
})

parts.scroll.addEventListener('scroll', () => { if (isAtEnd()) parts.latest.hidden = true })
parts.latest.addEventListener('click', scrollToEnd)
parts.invite.addEventListener('click', copySecret)
parts.theme.addEventListener('click', KEYS.l)
parts.help.addEventListener('click', KEYS['/'])
// What the side has no room for in a narrow window.
for (const button of parts.bar.querySelectorAll('[data-do]')) button.addEventListener('click', KEYS[button.dataset.do])
parts.roll.addEventListener('click', () => { parts.secret.value = makeSecret() })
addEventListener('focus', read)
document.addEventListener('visibilitychange', read)

parts.text.focus()
enter().catch((error) => {
  console.error(error)
  drawNetwork('gone', 'Could not enter the room')
  toast(error.message)
})
