/**
 * Draws the page and reads what is typed into it; decides nothing.
 *
 * Every function takes plain values. Text from a note only ever becomes text nodes, so no note
 * can bring markup of its own.
 */

import { highlight, parse } from './markdown.js'

const PAINT_LETTERS_MAX = 60_000
const TOAST_MS = 10_000
const SNIPPET_LETTERS = 160
// Rows that are drawn at once; more follow when the list is scrolled to their end.
const ROWS_AT_ONCE = 100
const ROWS_AHEAD_PX = 600

// Made once: a formatter takes longer to make than a row of the list to draw.
const CLOCK = new Intl.DateTimeFormat([], { hour: 'numeric', minute: '2-digit' })
const WEEKDAY = new Intl.DateTimeFormat([], { weekday: 'short' })
const DAY = new Intl.DateTimeFormat([], { day: 'numeric', month: 'short' })
const DAY_AND_YEAR = new Intl.DateTimeFormat([], { day: 'numeric', month: 'short', year: 'numeric' })

/** Every element of the page that has an id. */
export const parts = Object.fromEntries([...document.querySelectorAll('[id]')].map((part) => [part.id, part]))

/**
 * One row of the list.
 * @typedef {{ id: string, group: string, title: string, text: string, changedMs: number }} Row
 */

/** What the list shows, and how many of its rows are drawn. */
const drawn = { rows: [], selectedId: null, words: [], count: ROWS_AT_ONCE }

/**
 * Draws the list, its rows already in order; of a long one, what can be seen and some more.
 * @param {Row[]} rows
 * @param {string | null} selectedId
 * @param {string[]} words - what is searched for, to be marked
 */
export function showList (rows, selectedId, words) {
  const isSameSearch = words.join(' ') === drawn.words.join(' ')
  const selectedAt = selectedId === drawn.selectedId ? -1 : rows.findIndex((row) => row.id === selectedId)
  const count = Math.max(isSameSearch ? drawn.count : 0, selectedAt + ROWS_AT_ONCE / 2, ROWS_AT_ONCE)
  Object.assign(drawn, { rows, selectedId, words, count })
  drawRows()
  parts.list.toggleAttribute('hidden', rows.length === 0)
  parts.none.hidden = rows.length > 0
  parts.none.textContent = words.length > 0 ? `Nothing matches “${words.join(' ')}”.` : 'No notes yet.'
  if (selectedId) parts.list.setAttribute('aria-activedescendant', `row-${selectedId}`)
  else parts.list.removeAttribute('aria-activedescendant')
}

/** Draws more rows if the last ones come into sight. */
export function drawMore () {
  const { scrollTop, clientHeight, scrollHeight } = parts.list
  if (drawn.count >= drawn.rows.length || scrollTop + clientHeight + ROWS_AHEAD_PX < scrollHeight) return
  drawn.count += ROWS_AT_ONCE
  drawRows()
}

/** Puts the rows into the list, by group. */
function drawRows () {
  const { rows, selectedId, words, count } = drawn
  const groups = new Map()
  for (const row of rows.slice(0, count)) {
    if (!groups.has(row.group)) groups.set(row.group, [])
    groups.get(row.group).push(showRow(row, row.id === selectedId, words))
  }
  const scroll = parts.list.scrollTop
  parts.list.replaceChildren(...[...groups].map(([name, items]) => {
    const group = make('div', { role: 'group', 'aria-label': name }, make('div', { class: 'group-name', 'aria-hidden': 'true' }, name))
    group.append(...items)
    return group
  }))
  parts.list.scrollTop = scroll
}

/** Moves the list so that the selected row can be seen. */
export function revealSelected () {
  parts.list.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' })
}

/** Puts a note into the editor; carets stay where they were if the text around them is the same. */
export function showNote ({ title, body }) {
  if (parts.title.value !== title) parts.title.value = title
  if (parts.body.value !== body) {
    const { selectionStart, selectionEnd } = parts.body
    parts.body.value = body
    if (document.activeElement === parts.body) parts.body.setSelectionRange(selectionStart, selectionEnd)
  }
  paint()
}

/** Colours the text behind the textarea, whose own letters are transparent. */
export function paint () {
  const text = parts.body.value
  const spans = text.length > PAINT_LETTERS_MAX ? [{ kind: 'text', text }] : highlight(text)
  // A last line that is empty has no height without a letter in it.
  parts.paint.replaceChildren(...spans.map((span) => {
    return span.kind === 'text' ? span.text : make('span', { 'data-kind': span.kind }, span.text)
  }), '\u200b')
}

/**
 * Switches between writing and reading.
 * @param {boolean} isReading
 * @param {string} body
 */
export function showMode (isReading, body) {
  parts.editor.hidden = isReading
  parts.reading.hidden = !isReading
  parts.title.readOnly = isReading
  parts.write.setAttribute('aria-pressed', String(!isReading))
  parts.read.setAttribute('aria-pressed', String(isReading))
  if (isReading) parts.reading.replaceChildren(...parse(body).map(draw))
  else parts.reading.replaceChildren()
}

/** Shows whether the note is on disk. */
export function showState (state) {
  parts.state.dataset.state = state
  parts.state.textContent = { saving: 'Saving…', saved: 'Saved', error: 'Not saved' }[state]
}

/** Shows what stands in the bottom line. */
export function showFacts (wordCount, file, isPinned) {
  parts.words.textContent = wordCount === 1 ? '1 word' : `${wordCount.toLocaleString()} words`
  parts.file.textContent = file
  parts.pin.setAttribute('aria-pressed', String(isPinned))
  parts.pin.setAttribute('aria-label', isPinned ? 'Unpin this note' : 'Pin this note')
}

/** Shows the page for a folder without notes, or hides it. */
export function showEmpty (isEmpty) {
  parts.empty.hidden = !isEmpty
  parts.page.hidden = isEmpty
  parts.foot.hidden = isEmpty
  for (const part of [parts.modes, parts.pin, parts.delete]) part.toggleAttribute('hidden', isEmpty)
}

/** Shows that something went wrong, until it is hidden with an empty text. */
export function showBanner (text, canRetry = true) {
  if (parts['banner-text'].textContent !== text) parts['banner-text'].textContent = text
  parts.banner.hidden = !text
  parts.retry.hidden = !canRetry
  parts.copy.hidden = !canRetry
}

let toastTimer
let undoToast = null

/**
 * Says something in passing.
 * @param {string} text
 * @param {(() => void) | null} [undo] - what the toast's button does
 */
export function toast (text, undo = null) {
  clearTimeout(toastTimer)
  undoToast = undo
  parts['toast-text'].textContent = text
  parts.undo.hidden = !undo
  parts.toast.dataset.shown = 'true'
  toastTimer = setTimeout(hideToast, TOAST_MS)
}

/** Takes back what the toast is about; false if there is nothing to take back. */
export function undoLast () {
  const undo = undoToast
  hideToast()
  undo?.()
  return Boolean(undo)
}

/** Says something to a screen reader only. */
export function announce (text) {
  parts.announce.textContent = text
}

/** Types into a field as its user would, so that the field's own undo knows of it. */
export function typeText (field, from, to, text) {
  field.focus()
  field.setSelectionRange(from, to)
  const isTyped = document.execCommand(text ? 'insertText' : 'delete', false, text)
  if (isTyped) return
  field.setRangeText(text, from, to, 'end')
  field.dispatchEvent(new Event('input', { bubbles: true }))
}

/** Opens or closes the list's pane. */
export function togglePanel () {
  const isClosed = parts.app.dataset.panel !== 'closed'
  parts.app.dataset.panel = isClosed ? 'closed' : 'open'
  parts.panel.setAttribute('aria-expanded', String(!isClosed))
}

/**
 * Says when something was, as short as it can be told.
 * @param {number} ms
 * @param {Date} [now]
 * @return {string}
 */
export function shortTime (ms, now = new Date()) {
  const date = new Date(ms)
  const days = daysBetween(date, now)
  if (days <= 0) return CLOCK.format(date)
  if (days < 7) return WEEKDAY.format(date)
  return (date.getFullYear() === now.getFullYear() ? DAY : DAY_AND_YEAR).format(date)
}

/** Names the part of the list that a time belongs to. */
export function groupName (ms, now = new Date()) {
  const days = daysBetween(new Date(ms), now)
  if (days <= 0) return 'Today'
  if (days === 1) return 'Yesterday'
  return days < 7 ? 'This week' : 'Earlier'
}

/** Draws one row of the list. */
function showRow (row, isSelected, words) {
  const title = make('span', { class: 'item-title', 'data-blank': String(!row.title) })
  title.append(...markWords(row.title || 'New note', words))
  const text = make('div', { class: 'item-text' })
  text.append(...markWords(snippet(row.text, words) || 'No text yet', words))
  const time = make('time', { class: 'item-time', datetime: new Date(row.changedMs).toISOString() }, shortTime(row.changedMs))
  const head = make('div', { class: 'item-head' }, title)
  head.append(time)
  const item = make('div', { class: 'item', role: 'option', id: `row-${row.id}`, 'data-id': row.id, 'aria-selected': String(isSelected) }, head)
  item.append(text)
  return item
}

/** Cuts out the part of a text that is worth a line: around the first word found. */
function snippet (text, words) {
  const flat = text.replace(/\s+/g, ' ').trim()
  const at = Math.min(...words.map((word) => flat.toLowerCase().indexOf(word)).filter((found) => found > 28), Infinity)
  if (at === Infinity) return flat.slice(0, SNIPPET_LETTERS)
  return `…${flat.slice(at - 14, at + SNIPPET_LETTERS)}`
}

/** Cuts text into strings and marked words. */
function markWords (text, words) {
  if (words.length === 0) return [text]
  const pattern = words.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|')
  return text.split(new RegExp(`(${pattern})`, 'gi')).map((part, n) => n % 2 ? make('mark', {}, part) : part)
}

/** Draws one node of {@link parse}. */
function draw (node) {
  if (typeof node === 'string') return document.createTextNode(node)
  const { task, ...attrs } = node.attrs ?? {}
  const element = make(node.tag, attrs)
  const children = (node.children ?? []).map(draw)
  if (!task) element.append(...children)
  else element.append(...drawTask(element, task, node.line, children))
  return element
}

/** Draws a task: a box to tick, and below it whatever lists belong to it. */
function drawTask (item, task, line, children) {
  item.className = 'task'
  item.dataset.task = task
  const isList = (child) => child.nodeName === 'UL' || child.nodeName === 'OL'
  const box = make('input', { type: 'checkbox', 'data-line': String(line) })
  box.checked = task === 'done'
  const text = make('span', {})
  text.append(...children.filter((child) => !isList(child)))
  const label = make('label', {}, box)
  label.append(text)
  return [label, ...children.filter(isList)]
}

function hideToast () {
  undoToast = null
  parts.toast.dataset.shown = 'false'
}

function daysBetween (date, now) {
  const noon = (day) => new Date(day.getFullYear(), day.getMonth(), day.getDate(), 12).getTime()
  return Math.round((noon(now) - noon(date)) / 86_400_000)
}

function make (tag, attrs, child) {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(attrs)) element.setAttribute(name, value)
  if (child !== undefined) element.append(child)
  return element
}
