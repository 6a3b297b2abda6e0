/**
 * Keeps the notes: one Markdown file each, in one folder.
 *
 * Drive it with `load`, `create`, `edit`, `remove`; listen for `change` (the list, or a text from
 * elsewhere) and `status` (`saving`, `saved`, `error`). It knows nothing of the page.
 *
 * Invariants: a text that could not be saved stays in memory and in `drafts`, and is tried again;
 * a file that somebody else changed meanwhile is kept beside ours, never overwritten.
 *
 * @typedef {object} Note
 * @property {string} id - stays the same while the app runs
 * @property {string} file - name of the file inside the folder, which may change
 * @property {string} text - what the page shows
 * @property {string | null} saved - what the file holds; null before the first save
 * @property {number} changedMs - when the text last changed
 * @property {string} stamp - size and time of the file as last seen
 */

import { fileNameFor, numberedName } from './folder.js'

const SAVE_DELAY_MS = 350
const RETRY_MS = [1000, 2000, 4000, 8000, 15000]
const FRESH = /^untitled(?:-\d+)?\.md$/
const DRAFT = 'draft:'

/** The notes of one folder. */
export class NoteStore extends EventTarget {
  #folder
  #titleOf
  #drafts
  #notes = new Map()
  #pinned = new Set()
  #timers = new Map()
  #saving = new Map()
  #turn = Promise.resolve()
  #idCount = 0

  /**
   * @param {object} options
   * @param {import('./folder.js').Folder} options.folder
   * @param {(text: string) => string} options.titleOf - finds a note's title, to name its file
   * @param {Storage | null} [options.drafts] - keeps what could not be saved
   */
  constructor ({ folder, titleOf, drafts = null }) {
    super()
    this.#folder = folder
    this.#titleOf = titleOf
    this.#drafts = drafts
  }

  /**
   * Reads the folder, made and given the samples at the very first start; shows notes even if it rejects.
   * @param {string} [samples] - folder with the sample notes
   * @param {string} [pinned] - the one of them that starts pinned
   */
  async load (samples, pinned) {
    await this.#folder.make()
    try {
      this.#pinned = new Set(await this.#folder.readPins() ?? await this.#welcome(samples, pinned))
    } finally {
      await this.rescan()
      this.#recoverDrafts()
    }
  }

  /** @return {Note[]} pinned notes first, then the latest */
  get notes () {
    return [...this.#notes.values()].sort((a, b) => {
      return this.isPinned(b) - this.isPinned(a) || b.changedMs - a.changedMs || a.file.localeCompare(b.file)
    })
  }

  /** @return {Note | undefined} */
  note (id) { return this.#notes.get(id) }

  /** @return {boolean} */
  isPinned (note) { return this.#pinned.has(note.file) }

  /** @return {Note} a new, empty note, which gets its file with its first words */
  create (text = '', base = 'untitled') {
    const taken = this.#fileNames()
    const file = numberedName(base, (name) => taken.includes(name))
    const note = { id: this.#nextId(), file, text: '', saved: null, changedMs: Date.now(), stamp: '' }
    this.#notes.set(note.id, note)
    this.edit(note.id, text)
    this.#emit('change')
    return note
  }

  /** Takes a new text and saves it shortly after. */
  edit (id, text) {
    const note = this.#notes.get(id)
    if (!note || note.text === text) return
    note.text = text
    note.changedMs = Date.now()
    this.#schedule(note, SAVE_DELAY_MS, 0)
  }

  /** Pins a note to the top of the list, or takes the pin off. */
  async togglePin (id) {
    const note = this.#notes.get(id)
    if (!note) return
    if (!this.#pinned.delete(note.file)) this.#pinned.add(note.file)
    this.#emit('change')
    await this.#folder.writePins(this.#pinned)
  }

  /**
   * Moves a note to the trash.
   * @return {Promise<() => Promise<void>>} puts it back
   */
  async remove (id) {
    const note = this.#notes.get(id)
    await this.#save(note, 0)
    let discarded = null
    await this.#inTurn(async () => {
      if (note.saved !== null) discarded = await this.#folder.discard(note.file)
      clearTimeout(this.#timers.get(id))
      this.#notes.delete(id)
    })
    this.#emit('change')
    return () => this.#inTurn(() => this.#restore(note, discarded))
  }

  /** Saves now, one note or all of them. */
  async flush (id) {
    const notes = id ? [this.#notes.get(id)] : [...this.#notes.values()]
    await Promise.all(notes.filter(Boolean).map((note) => this.#save(note, 0)))
  }

  /** Names a new note's file after its title, once its writer has left it. */
  async settle (id) {
    const note = this.#notes.get(id)
    const base = note && FRESH.test(note.file) ? fileNameFor(this.#titleOf(note.text)) : ''
    if (!base || !await this.#save(note, 0)) return
    await this.#inTurn(async () => {
      if (!this.#notes.has(id) || note.saved === null || this.#saving.has(id)) return
      const from = note.file
      const file = await this.#folder.freeName(base, this.#fileNames())
      await this.#folder.rename(from, file)
      note.file = file
      if (!this.#pinned.delete(from)) return
      this.#pinned.add(file)
      await this.#folder.writePins(this.#pinned)
    })
  }

  /** Keeps unsaved texts where a page can write without waiting. */
  keepDrafts () {
    for (const note of this.#notes.values()) {
      if (this.#isUnsaved(note)) this.#drafts?.setItem(DRAFT + note.file, note.text)
    }
  }

  /** Looks for what changed in the folder; safe to call at any time. */
  async rescan () {
    await this.#inTurn(() => this.#scan())
  }

  /**
   * Copies every note into another folder.
   * @param {import('./folder.js').Folder} target
   * @return {Promise<number>} how many
   */
  async exportTo (target) {
    await this.flush()
    await target.make()
    const notes = this.notes.filter((note) => note.text !== '')
    for (const note of notes) await target.replace(note.file, note.text)
    return notes.length
  }

  /** Compares the folder with what is known, and reads what is new. */
  async #scan () {
    const settled = [...this.#notes.values()].filter((note) => note.saved !== null && !this.#isBusy(note))
    const names = await this.#folder.list()
    let isChanged = false
    for (const name of names) isChanged = await this.#scanFile(name) || isChanged
    for (const note of settled) {
      if (names.includes(note.file) || this.#isBusy(note)) continue
      isChanged = this.#notes.delete(note.id) || isChanged
    }
    if (isChanged) this.#emit('change')
  }

  /** Reads one file if it is not as it was last seen; true if its text is new. */
  async #scanFile (name) {
    const known = [...this.#notes.values()].find((note) => note.file === name)
    const before = known?.stamp
    if (known && this.#isBusy(known)) return false
    try {
      const { stamp, changedMs } = await this.#folder.stat(name)
      if (before === stamp) return false
      const text = await this.#folder.read(name)
      if (known && (this.#isBusy(known) || known.stamp !== before)) return false
      const isNew = known?.text !== text
      const note = Object.assign(known ?? { id: this.#nextId(), file: name }, { text, saved: text, stamp })
      if (isNew) note.changedMs = changedMs
      this.#notes.set(note.id, note)
      return isNew
    } catch (err) {
      if (err.code === 'ENOENT') return false
      throw err
    }
  }

  /** Saves after a while, so that typing is not one save a letter. */
  #schedule (note, delayMs, tries) {
    clearTimeout(this.#timers.get(note.id))
    this.#timers.set(note.id, setTimeout(() => this.#save(note, tries), delayMs))
  }

  /** Saves one note after the save of it that may be under way; false if it failed. */
  async #save (note, tries) {
    clearTimeout(this.#timers.get(note.id))
    while (this.#saving.has(note.id)) await this.#saving.get(note.id)
    if (!this.#isUnsaved(note) || !this.#notes.has(note.id)) return true
    const done = this.#write(note, tries).finally(() => this.#saving.delete(note.id))
    this.#saving.set(note.id, done)
    return await done
  }

  /** Writes one note; if that fails, keeps the text and tries again later. */
  async #write (note, tries) {
    const { text } = note
    this.#emit('status', { state: 'saving', note })
    try {
      await this.#folder.make()
      await this.#keepTheirs(note)
      await this.#folder.replace(note.file, text)
      note.saved = text
      this.#drafts?.removeItem(DRAFT + note.file)
      note.stamp = (await this.#folder.stat(note.file)).stamp
      this.#emit('status', { state: 'saved', note })
      return true
    } catch (error) {
      const retryMs = RETRY_MS[Math.min(tries, RETRY_MS.length - 1)]
      this.keepDrafts()
      this.#emit('status', { state: 'error', note, error, retryMs })
      this.#schedule(note, retryMs, tries + 1)
      return false
    }
  }

  /** Puts a version that somebody else wrote meanwhile beside ours. */
  async #keepTheirs (note) {
    const theirs = await this.#folder.readIfThere(note.file)
    if (theirs === null || theirs === note.text || theirs === note.saved) return
    const base = `${note.file.replace(/\.\w+$/, '')}-other-version`
    await this.#folder.replace(await this.#folder.freeName(base, this.#fileNames()), theirs)
  }

  /** Brings a note back from the trash. */
  async #restore (note, discarded) {
    const wasPinned = this.#pinned.delete(note.file)
    note.file = await this.#folder.freeName(note.file.replace(/\.\w+$/, ''), this.#fileNames())
    if (discarded !== null) await this.#folder.rename(discarded, note.file)
    if (wasPinned) this.#pinned.add(note.file)
    this.#notes.set(note.id, note)
    this.#emit('change')
  }

  /** Fills a folder that never was a notes folder and holds none; names what is pinned. */
  async #welcome (samples, pinned) {
    if (!samples || (await this.#folder.list()).length > 0) return []
    await this.#folder.copyFrom(samples)
    await this.#folder.writePins([pinned])
    return [pinned]
  }

  /** Takes up texts that an earlier run could not save. */
  #recoverDrafts () {
    for (const key of Object.keys(this.#drafts ?? {}).filter((name) => name.startsWith(DRAFT))) {
      const file = key.slice(DRAFT.length)
      const known = [...this.#notes.values()].find((note) => note.file === file)
      const note = known ?? this.create('', file.replace(/\.\w+$/, ''))
      this.edit(note.id, this.#drafts.getItem(key))
      if (!this.#isUnsaved(note)) this.#drafts.removeItem(key)
    }
  }

  /** Runs what moves files one after the other, so that no scan sees half of it. */
  #inTurn (task) {
    const turn = this.#turn.then(task)
    this.#turn = turn.catch(() => {})
    return turn
  }

  #isUnsaved (note) { return note.text !== (note.saved ?? '') }

  #isBusy (note) { return this.#isUnsaved(note) || this.#saving.has(note.id) }

  #fileNames () { return [...this.#notes.values()].map((note) => note.file) }

  #nextId () { return `n${++this.#idCount}` }

  #emit (type, detail) {
    this.dispatchEvent(Object.assign(new Event(type), { detail }))
  }
}
