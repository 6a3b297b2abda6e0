/**
 * What the reader can do with the notes, and what the page shows of it.
 *
 * Joins the store, which knows nothing of the page, with the view, which decides nothing;
 * `app.js` says which click and key does which of these.
 */

import application from 'socket:application'
import fs from 'socket:fs/promises'
import os from 'socket:os'
import * as paths from 'socket:path'
import process from 'socket:process'

import { Folder, fileNameFor } from './folder.js'
import { countWords, joinNote, plainText, splitNote } from './markdown.js'
import { NoteStore } from './store.js'
import * as view from './view.js'

const { parts } = view
const RESCAN_DELAY_MS = 150
const REFRESH_DELAY_MS = 80
const IMPORT_BYTES_MAX = 4 * 1024 * 1024
const REASONS = {
  EACCES: 'the folder may not be written to',
  EPERM: 'the folder may not be written to',
  EROFS: 'the disk is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk is full'
}

export const folder = new Folder(fs, paths.join, process.env.NOTES_DIR || homeOfNotes())
export const store = new NoteStore({ folder, titleOf, drafts: localStorage })

/** The note in the editor, the text it was last given, and how it is shown. */
export const current = { id: null, text: '', isReading: false }

/** Ids of the notes whose last save failed. */
const failing = new Set()

/** What the list says of each note; see {@link digest}. */
const digests = new WeakMap()

let refreshTimer

/** Picks the app's data folder, or the next best place on older runtimes. */
function homeOfNotes () {
  if (paths.DATA) return paths.join(paths.DATA, 'notes')
  return paths.join(paths.DOCUMENTS || paths.HOME || os.tmpdir(), 'Notes')
}

/** Finds a note's title: its heading, else its first words. */
function titleOf (text) {
  return splitNote(text).title || plainText(text).trim().split('\n')[0].slice(0, 80)
}

/** Says in plain words why a file could not be written. */
function reason (error) {
  return REASONS[error.code] ?? error.message
}

/** The words that the list is searched for. */
function searchWords () {
  return parts.search.value.toLowerCase().split(/\s+/).filter(Boolean)
}

/** The notes that the search leaves, as rows of the list. */
function rows () {
  const words = searchWords()
  const found = store.notes.filter((note) => words.every((word) => note.text.toLowerCase().includes(word)))
  return found.map((note) => {
    const group = store.isPinned(note) ? 'Pinned' : view.groupName(note.changedMs)
    return { id: note.id, group, changedMs: note.changedMs, ...digest(note) }
  })
}

/** Reads what the list says of a note, once for each of its texts. */
function digest (note) {
  const known = digests.get(note)
  if (known?.of === note.text) return known
  const { title, body } = splitNote(note.text)
  const text = plainText(body)
  const shown = title ? text : text.trim().split('\n').slice(1).join('\n')
  const made = { of: note.text, title: title || titleOf(note.text), text: shown }
  digests.set(note, made)
  return made
}

/** Shows the list and all that is said about the note. */
export function refresh () {
  const note = store.note(current.id)
  view.showList(rows(), current.id, searchWords())
  view.showEmpty(!note)
  const title = note ? titleOf(note.text) : ''
  setWindowTitle(title ? `${title} – Notes` : 'Notes')
  if (note) view.showFacts(countWords(note.text), note.file, store.isPinned(note))
}

/** Names the window after the note. */
async function setWindowTitle (title) {
  if (document.title === title) return
  document.title = title
  const win = await application.getCurrentWindow()
  await win.setTitle(title)
}

/** Opens a note; leaves the one before, which then gets its name or, if empty, goes. */
export function open (id) {
  const left = store.note(current.id)
  if (left && left.id !== id) {
    if (left.text === '' && left.saved === null) guard(store.remove(left.id))
    else guard(store.settle(left.id).then(refresh))
  }
  const note = store.note(id)
  const isOther = current.id !== id
  Object.assign(current, { id: note?.id ?? null, text: note?.text ?? '' })
  if (note) view.showNote(splitNote(note.text))
  view.showMode(current.isReading, parts.body.value)
  if (isOther) parts.page.scrollTop = 0
  refresh()
  view.revealSelected()
}

/** Opens the note that is so many rows further down. */
export function step (by) {
  const ids = rows().map((row) => row.id)
  const at = Math.max(0, Math.min(ids.length - 1, ids.indexOf(current.id) + by))
  if (ids[at]) open(ids[at])
}

/** Opens the first note found, unless the open one is among them. */
export function openFound () {
  const ids = rows().map((row) => row.id)
  if (ids[0] && !ids.includes(current.id)) open(ids[0])
}

/** Starts a new note, or goes on with one that is still empty. */
export function createNote () {
  parts.search.value = ''
  current.isReading = false
  const blank = store.notes.find((note) => note.text === '' && note.saved === null)
  open((blank ?? store.create()).id)
  parts.title.focus()
}

/** Moves the open note to the trash, from where the toast can bring it back. */
export async function deleteNote () {
  const note = store.note(current.id)
  if (!note) return
  const ids = rows().map((row) => row.id)
  const next = ids[ids.indexOf(note.id) + 1] ?? ids[ids.indexOf(note.id) - 1] ?? null
  const title = titleOf(note.text) || 'New note'
  const undo = await store.remove(note.id)
  open(next)
  parts.list.focus()
  view.toast(`Deleted “${title}”`, () => guard(undo().then(() => open(note.id))))
}

/** Takes what was typed into the note. */
export function takeInput () {
  current.text = joinNote(parts.title.value, parts.body.value)
  store.edit(current.id, current.text)
  view.paint()
  clearTimeout(refreshTimer)
  refreshTimer = setTimeout(refresh, REFRESH_DELAY_MS)
}

/** Switches between writing and reading. */
export function setReading (isReading) {
  current.isReading = isReading
  view.showMode(isReading, parts.body.value)
  ;(isReading ? parts.reading : parts.body).focus({ preventScroll: true })
  view.announce(isReading ? 'Reading' : 'Writing')
}

/** Puts marks around the selected words, or takes them off. */
export function wrap (mark) {
  const { selectionStart: from, selectionEnd: to, value } = parts.body
  const isMarked = value.slice(from - mark.length, from) === mark && value.slice(to, to + mark.length) === mark
  if (isMarked) return view.typeText(parts.body, from - mark.length, to + mark.length, value.slice(from, to))
  view.typeText(parts.body, from, to, mark + value.slice(from, to) + mark)
  parts.body.setSelectionRange(from + mark.length, to + mark.length)
}

/** Adds files as notes of their own. */
export async function importFiles (files) {
  const all = [...files]
  const texts = all.filter((file) => /\.(?:md|markdown|txt)$/i.test(file.name) && file.size <= IMPORT_BYTES_MAX)
  for (const file of texts) {
    const base = fileNameFor(file.name.replace(/\.\w+$/, '')) || 'untitled'
    open(store.create(await file.text(), base).id)
  }
  await store.flush()
  const left = all.length - texts.length
  view.toast(`Added ${texts.length === 1 ? '1 note' : `${texts.length} notes`}${left ? `, left out ${left} that are no text or over 4 MB` : ''}`)
}

/** Copies all notes to a folder of their own. */
export async function exportNotes () {
  const to = process.env.NOTES_DIR || paths.DOWNLOADS || folder.path
  const target = paths.join(to, `notes-${new Date().toISOString().slice(0, 10)}`)
  const count = await store.exportTo(new Folder(fs, paths.join, target))
  view.toast(`Copied ${count === 1 ? '1 note' : `${count} notes`} to ${target}`)
}

/** Saves now, and says that nobody has to. */
export async function saveNow () {
  await store.flush()
  if (parts.state.dataset.state === 'saved') view.toast('Saved. Notes save themselves as you type.')
}

/** Opens a link outside of the app. */
export async function openLink (url) {
  const win = await application.getCurrentWindow()
  const result = await win.openExternal({ url, value: url })
  if (result?.err) throw result.err
}

/** Shows what went wrong with something the reader asked for. */
export function guard (promise) {
  promise.catch((error) => {
    console.error(error)
    view.showBanner(`That did not work: ${reason(error)}.`, false)
  })
}

/** Looks for changes from outside whenever the folder says so, and when the window comes back. */
export async function watchFolder () {
  let timer
  const soon = () => {
    clearTimeout(timer)
    timer = setTimeout(() => store.rescan().catch((error) => console.warn(error)), RESCAN_DELAY_MS)
  }
  addEventListener('focus', soon)
  for await (const event of fs.watch(folder.path)) {
    if (!String(event.filename ?? '').startsWith('.')) soon()
  }
}

/** Shows what the store has changed, by itself or for another program. */
function showChange () {
  const note = store.note(current.id)
  if (!note) return open(rows()[0]?.id ?? null)
  if (note.text === current.text) return refresh()
  open(note.id)
  view.announce('The note was changed by another program')
}

/** Shows how a save went; a failure stays on screen until every text is on disk. */
function showStatus ({ state, note, error, retryMs }) {
  if (state === 'error') failing.add(note.id)
  if (state === 'saved') failing.delete(note.id)
  if (state !== 'saved' || failing.size === 0) view.showState(state)
  if (failing.size === 0) view.showBanner('')
  if (state !== 'error') return
  console.error(error)
  const wait = retryMs === 1000 ? 'a second' : `${retryMs / 1000} seconds`
  view.showBanner(`“${titleOf(note.text) || 'New note'}” is not saved: ${reason(error)}. Your text is kept; the next try is in ${wait}.`)
}

store.addEventListener('change', showChange)
store.addEventListener('status', (event) => showStatus(event.detail))
