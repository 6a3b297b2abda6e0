/**
 * Puts people and messages on the page. Holds nothing but elements.
 *
 * Invariant: what others wrote only ever becomes text, never markup.
 */
import { hue, initials, isBig } from './words.js'

const GROUP_MS = 5 * 60_000
const NEAR_END = 80

/** The elements with an id, by that id. */
export const parts = Object.fromEntries([...document.querySelectorAll('[id]')].map((each) => [each.id, each]))

const clockFormat = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' })
const dayFormat = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long' })

const STATES = {
  sending: 'Sending',
  sent: 'Sent',
  waiting: 'Kept until somebody comes',
  seen: 'Read',
  failed: 'Not sent.'
}

function element (tag, properties = {}, ...children) {
  const made = document.createElement(tag)
  const { dataset, style, ...rest } = properties
  Object.assign(made, rest)
  Object.assign(made.dataset, dataset)
  for (const [name, value] of Object.entries(style ?? {})) made.style.setProperty(name, value)
  made.append(...children)
  return made
}

function icon (name) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg')
  const use = document.createElementNS('http://www.w3.org/2000/svg', 'use')
  use.setAttribute('href', `#i-${name}`)
  svg.setAttribute('aria-hidden', 'true')
  svg.append(use)
  return svg
}

/** The round picture of a person. */
function face ({ key, name }) {
  return element('span', { className: 'face', ariaHidden: 'true', style: { '--hue': hue(key) } }, initials(name))
}

/**
 * Draws who is in the room.
 * @param {{ key: string, name: string, peers: Set<string> }[]} people
 * @param {string} me
 */
export function drawPeople (people, me) {
  const isHere = (person) => person.key === me || person.peers.size > 0
  const sorted = [...people].sort((a, b) => (
    (b.key === me) - (a.key === me) || isHere(b) - isHere(a) || a.name.localeCompare(b.name)
  ))
  parts.people.replaceChildren(...sorted.map((person) => element(
    'li', { className: 'person', dataset: { here: isHere(person) } },
    face(person), element('span', { className: 'name' }, person.name),
    element('small', {}, person.key === me ? 'you' : isHere(person) ? '' : 'away')
  )))
  const here = sorted.filter((person) => isHere(person))
  parts.faces.replaceChildren(...here.slice(0, 5).map(face))
  parts.summary.textContent = summary(here.filter(({ key }) => key !== me), sorted.length - 1)
}

function summary (here, others) {
  const names = here.map(({ name }) => name)
  if (names.length > 3) return `You, ${names.slice(0, 2).join(', ')} and ${names.length - 2} more are here`
  if (names.length > 0) return `${list(['You', ...names])} are here`
  return others > 0 ? 'Nobody else is here now. What you write waits for them.' : 'Only you are here'
}

function list (names) {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
}

/**
 * Draws all messages.
 * @param {object[]} messages in order
 * @param {{ me: string, names: Map<string, string>, stateOf: (id: string) => { state: string, names: string[] }, missedFrom: string|null, missed: number, pending: object[] }} context
 */
export function drawMessages (messages, context) {
  const all = [...messages, ...context.pending]
  parts.empty.hidden = all.length > 0
  const rows = []
  for (const [at, message] of all.entries()) {
    const before = all[at - 1]
    if (!before || !isSameDay(before, message)) rows.push(element('li', { className: 'day' }, dayName(message.at)))
    if (message.id === context.missedFrom) {
      rows.push(element('li', { className: 'missed' }, context.missed === 1 ? 'While you were away: one message' : `While you were away: ${context.missed} messages`))
    }
    rows.push(drawMessage(message, before, all[at + 1], context))
  }
  parts.messages.replaceChildren(...rows)
}

function drawMessage (message, before, after, context) {
  const isOwn = message.key === context.me
  const isFirst = !isGrouped(before, message) || message.id === context.missedFrom
  const isLast = !after || !isGrouped(message, after) || after.id === context.missedFrom
  const name = context.names.get(message.key) ?? message.name
  const body = element('div', { className: 'body' })
  if (isFirst) {
    const time = element('time', { dateTime: new Date(message.at).toISOString() }, clockFormat.format(message.at))
    body.append(element('p', { className: 'head' }, ...isOwn ? [] : [element('span', { className: 'who' }, name)], time))
  }
  body.append(element('p', { className: 'bubble', dir: 'auto' }, message.text))
  if (isOwn && (isLast || message.failed)) body.append(drawState(message, context))
  const dataset = { id: message.id, own: isOwn, first: isFirst, last: isLast, big: isBig(message.text), pending: Boolean(message.pending) }
  const row = element('li', { className: 'said', dataset })
  if (!isOwn) row.append(isFirst ? face({ key: message.key, name }) : element('span'))
  row.append(body)
  return row
}

function drawState (message, context) {
  const { state, names } = context.stateOf(message)
  const words = state === 'seen' ? `Read by ${list(names)}` : STATES[state]
  const line = element('p', { className: 'state', dataset: { state } }, icon(state === 'waiting' ? 'sending' : state), words)
  if (state === 'failed') line.append(element('button', { type: 'button', dataset: { again: message.id } }, 'Try again'))
  return line
}

const isSameDay = (a, b) => new Date(a.at).toDateString() === new Date(b.at).toDateString()

const isGrouped = (a, b) => Boolean(a) && a.key === b.key && Math.abs(b.at - a.at) < GROUP_MS && isSameDay(a, b)

function dayName (at) {
  const days = Math.round((new Date().setHours(0, 0, 0, 0) - new Date(at).setHours(0, 0, 0, 0)) / 86_400_000)
  return days === 0 ? 'Today' : days === 1 ? 'Yesterday' : dayFormat.format(at)
}

/** Whether the newest messages are in sight. */
export function isAtEnd () {
  const { scrollTop, scrollHeight, clientHeight } = parts.scroll
  return scrollHeight - scrollTop - clientHeight < NEAR_END
}

/** Brings the newest messages into sight. */
export function scrollToEnd () {
  parts.scroll.scrollTop = parts.scroll.scrollHeight
  parts.latest.hidden = true
}

/**
 * Says who is typing.
 * @param {string[]} names
 */
export function drawTyping (names) {
  parts.typing.dataset.shown = names.length > 0
  if (names.length > 0) parts['typing-text'].textContent = names.length > 2 ? 'Several people are typing' : `${list(names)} ${names.length > 1 ? 'are' : 'is'} typing`
}

/**
 * Says how the network is.
 * @param {'looking'|'here'|'gone'} state
 * @param {string} words
 */
export function drawNetwork (state, words) {
  parts.net.dataset.state = parts.bar.dataset.state = state
  parts['net-text'].textContent = words
}

/** Makes the field as high as its text. */
export function fitComposer () {
  parts.text.style.height = 'auto'
  parts.text.style.height = `${parts.text.scrollHeight}px`
  parts.send.disabled = parts.text.value.trim() === ''
}

let toastTimer = 0

/**
 * Says something for a moment.
 * @param {string} words
 */
export function toast (words) {
  clearTimeout(toastTimer)
  parts.toast.textContent = words
  parts.toast.dataset.shown = true
  toastTimer = setTimeout(() => { parts.toast.dataset.shown = false }, 3_000)
}
