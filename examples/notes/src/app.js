/**
 * Starts the app: says which click and which key does what, then reads the notes.
 */

import process from 'socket:process'

import * as actions from './actions.js'
import { continueList, toggleTask } from './markdown.js'
import { drawMore, parts, showBanner, togglePanel, typeText, undoLast } from './view.js'

const { current, guard, store } = actions
const SAMPLES = 'sample'
const SAMPLE_PINNED = 'welcome.md'
const IS_MAC = process.platform === 'darwin'

/** What Ctrl (on a Mac: Command) and a key do; capital letters are with Shift. */
const KEYS = {
  n: () => actions.createNote(),
  f: () => searchFor(),
  s: () => guard(actions.saveNow()),
  e: () => actions.setReading(!current.isReading),
  b: () => document.activeElement === parts.body && actions.wrap('**'),
  i: () => document.activeElement === parts.body && actions.wrap('*'),
  P: () => guard(store.togglePin(current.id)),
  Delete: () => guard(actions.deleteNote()),
  '\\': () => togglePanel(),
  '/': () => parts.keys.showModal()
}

/** Goes to the search field, opening the list if it is closed. */
function searchFor () {
  if (parts.app.dataset.panel === 'closed') togglePanel()
  parts.search.focus()
  parts.search.select()
}

/** Tells whether keys go into a text that they would otherwise edit. */
function isTyping (target) {
  return target.matches('input:not([type="checkbox"]), textarea') && !target.readOnly
}

/** Looks up what a key does. */
function actionFor (event) {
  if (event.altKey && !event.ctrlKey && event.key === 'ArrowDown') return () => actions.step(1)
  if (event.altKey && !event.ctrlKey && event.key === 'ArrowUp') return () => actions.step(-1)
  if (!(IS_MAC ? event.metaKey : event.ctrlKey) || event.altKey) return null
  const isWordDelete = event.key === 'Delete' && !event.shiftKey && isTyping(event.target)
  if (isWordDelete) return null
  if (event.key === 'z' && !isTyping(event.target)) return undoLast
  return KEYS[event.key.length > 1 || event.shiftKey ? event.key : event.key.toLowerCase()] ?? null
}

addEventListener('keydown', (event) => {
  const action = parts.keys.open ? null : actionFor(event)
  if (!action) return
  event.preventDefault()
  action()
})

parts.list.addEventListener('keydown', (event) => {
  const by = { ArrowDown: 1, ArrowUp: -1, Home: -Infinity, End: Infinity }[event.key]
  if (event.altKey || event.ctrlKey) return
  if (event.key === 'Enter') (current.isReading ? parts.reading : parts.body).focus()
  else if (by) actions.step(by)
  else return
  event.preventDefault()
})

parts.list.addEventListener('scroll', () => drawMore(), { passive: true })

parts.list.addEventListener('click', (event) => {
  const id = event.target.closest('[data-id]')?.dataset.id
  if (!id) return
  actions.open(id)
  if (matchMedia('(max-width: 560px)').matches) togglePanel()
})

parts.search.addEventListener('input', () => actions.refresh())
parts.search.addEventListener('keydown', (event) => {
  if (event.key === 'Escape') {
    parts.search.value = ''
    actions.refresh()
  } else if (event.key === 'ArrowDown' || event.key === 'Enter') {
    event.preventDefault()
    parts.list.focus()
    actions.openFound()
  }
})

for (const field of [parts.title, parts.body]) field.addEventListener('input', () => actions.takeInput())

parts.title.addEventListener('keydown', (event) => {
  if ((event.key !== 'Enter' && event.key !== 'ArrowDown') || event.isComposing || event.altKey) return
  event.preventDefault()
  parts.body.focus()
  parts.body.setSelectionRange(0, 0)
})

parts.body.addEventListener('keydown', (event) => {
  const isPlainEnter = event.key === 'Enter' && !event.shiftKey && !event.ctrlKey && !event.isComposing
  const { selectionStart: caret, selectionEnd, value } = parts.body
  const next = isPlainEnter && caret === selectionEnd ? continueList(value, caret) : null
  if (!next) return
  event.preventDefault()
  typeText(parts.body, next.from, caret, next.insert)
})

parts.reading.addEventListener('change', (event) => {
  parts.body.value = toggleTask(parts.body.value, Number(event.target.dataset.line))
  actions.takeInput()
  const { line } = event.target.dataset
  actions.setReading(true)
  parts.reading.querySelector(`[data-line="${line}"]`)?.focus({ preventScroll: true })
})

parts.reading.addEventListener('click', (event) => {
  const link = event.target.closest('a[href]')
  if (!link) return
  event.preventDefault()
  guard(actions.openLink(link.href))
})

const CLICKS = {
  new: actions.createNote,
  first: actions.createNote,
  write: () => actions.setReading(false),
  read: () => actions.setReading(true),
  pin: KEYS.P,
  delete: KEYS.Delete,
  panel: togglePanel,
  theme: () => dispatchEvent(new Event('toggle-theme')),
  help: KEYS['/'],
  import: () => parts.files.click(),
  export: () => guard(actions.exportNotes()),
  undo: undoLast,
  retry: () => guard(store.flush()),
  copy: () => guard(navigator.clipboard.writeText(current.text))
}
for (const [id, action] of Object.entries(CLICKS)) parts[id].addEventListener('click', () => action())

parts.files.addEventListener('change', () => {
  guard(actions.importFiles(parts.files.files))
  parts.files.value = ''
})

addEventListener('dragover', (event) => {
  if (!event.dataTransfer.types.includes('Files')) return
  event.preventDefault()
  parts.app.classList.add('drop')
})
addEventListener('dragleave', (event) => {
  if (!event.relatedTarget) parts.app.classList.remove('drop')
})
addEventListener('drop', (event) => {
  parts.app.classList.remove('drop')
  if (event.dataTransfer.files.length === 0) return
  event.preventDefault()
  guard(actions.importFiles(event.dataTransfer.files))
})

// A page that goes has no time to wait for a file, but can keep a draft at once.
addEventListener('pagehide', () => store.keepDrafts())
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'hidden') guard(store.flush())
})

parts.where.textContent = actions.folder.path
try {
  await store.load(SAMPLES, SAMPLE_PINNED)
} catch (error) {
  console.error(error)
  showBanner(`${actions.folder.path} could not be made ready: ${error.message}`, false)
}
actions.open(store.notes[0]?.id ?? null)
actions.watchFolder().catch((error) => console.warn(error))
