// Proves what the notes example promises: the Markdown it reads, and that no text is ever lost.
// The store runs on Node's own file system, in a folder of its own.

import assert from 'node:assert/strict'
import fs from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { test } from 'node:test'

import { Folder, fileNameFor } from '../../examples/notes/src/folder.js'
import {
  continueList, countWords, highlight, joinNote, parse, parseInline, plainText, splitNote, toggleTask
} from '../../examples/notes/src/markdown.js'
import { NoteStore } from '../../examples/notes/src/store.js'

test('a heading, a paragraph and a list become a tree', () => {
  assert.deepEqual(parse('## Plan\n\ngo *now*\n\n- one\n- two'), [
    { tag: 'h2', children: ['Plan'] },
    { tag: 'p', children: ['go ', { tag: 'em', children: ['now'] }] },
    { tag: 'ul', children: [{ tag: 'li', children: ['one'] }, { tag: 'li', children: ['two'] }] }
  ])
})

test('a task knows its state and its line, also inside other lists and quotations', () => {
  const [list] = parse('- [x] done\n  - [ ] inner\n- [ ] open')
  assert.deepEqual(list.children[0].attrs, { task: 'done' })
  assert.equal(list.children[0].children.at(-1).children[0].line, 1)
  assert.equal(list.children[1].line, 2)
  assert.equal(parse('text\n\n> - [ ] quoted')[1].children[0].children[0].line, 2)
})

test('ticking a task changes one letter and ticking again restores the text', () => {
  const text = 'a\n  1. [ ] b\n- [x] c'
  assert.equal(toggleTask(text, 1), 'a\n  1. [x] b\n- [x] c')
  assert.equal(toggleTask(toggleTask(text, 2), 2), text)
  assert.equal(toggleTask(text, 0), text)
  assert.equal(toggleTask(text, 99), text)
})

test('markup in a note stays text and only web and mail addresses become links', () => {
  assert.deepEqual(parseInline('<b onclick=x>'), ['<b onclick=x>'])
  assert.deepEqual(parseInline('[a](javascript:alert)'), ['[a](javascript:alert)'])
  assert.equal(parseInline('[a](https://a.example/b)')[0].attrs.href, 'https://a.example/b')
  assert.equal(parseInline('see https://a.example/b.')[1].attrs.href, 'https://a.example/b')
  assert.deepEqual(parseInline('snake_case_name and 2 * 3 * 4'), ['snake_case_name and 2 * 3 * 4'])
})

test('code keeps its marks, also without a closing fence', () => {
  const [pre] = parse('```js\na *b*\n# c')
  assert.deepEqual(pre, { tag: 'pre', children: [{ tag: 'code', children: ['a *b*\n# c'] }] })
  assert.deepEqual(parseInline('`a *b*`'), [{ tag: 'code', children: ['a *b*'] }])
})

test('title and text split and join to the same file', () => {
  for (const text of ['# A\n\nb\n', '# A\n', 'no title', '# A\n\n\nb', '']) {
    const { title, body } = splitNote(text)
    assert.equal(joinNote(title, body), text)
  }
  assert.deepEqual(splitNote('# A\r\nb'), { title: 'A', body: 'b' })
  assert.deepEqual(splitNote('#tag'), { title: '', body: '#tag' })
})

test('words are counted without the marks', () => {
  assert.equal(countWords('# Two words\n\n- [x] **three** [more](https://a.example) here'), 5)
  assert.equal(countWords(''), 0)
  assert.equal(plainText('> *a* and `b`'), 'a and b')
})

test('Enter goes on with a list and ends it on an empty item', () => {
  assert.deepEqual(continueList('- [x] a', 7), { from: 7, insert: '\n- [ ] ' })
  assert.deepEqual(continueList('  9. a', 6), { from: 6, insert: '\n  10. ' })
  assert.deepEqual(continueList('- a\n- ', 6), { from: 4, insert: '' })
  assert.equal(continueList('plain', 5), null)
})

test('coloured spans are the text again, whatever the text is', () => {
  for (const text of ['', '\n\n', '# a\n**b** `c`\n```\n# d\n```\n> e\n- [x] f\n---', '** * _ ` [a]( ~~~', 'a\r\nb\r\n']) {
    assert.equal(highlight(text).map((span) => span.text).join(''), text)
  }
})

test('long odd text is read in little time', () => {
  for (const piece of ['*', '_a ', '[', '`', '**a', '> ', '- ', '~~', '# ']) {
    const text = piece.repeat(5_000)
    const start = process.cpuUsage().user
    parse(text)
    highlight(text)
    assert.ok(process.cpuUsage(undefined).user - start < 2_000_000, `slow: ${JSON.stringify(piece)}`)
  }
})

test('file names follow titles and fit every system', () => {
  assert.equal(fileNameFor('  Mira’s café / plan: 2  '), 'miras-café-plan-2')
  assert.equal(fileNameFor('../../etc'), 'etc')
  assert.equal(fileNameFor('CON'), '')
  assert.equal(fileNameFor('???'), '')
  assert.equal([...fileNameFor('é'.repeat(90))].length, 40)
})

test('the first start copies the samples, and no later one does', async (t) => {
  const { dir, load } = await folderOf(t)
  const samples = path.join(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname), '../../examples/notes/src/sample')
  const store = await load({ samples })
  assert.equal(store.notes.length, (await fs.readdir(samples)).length)
  assert.ok(store.isPinned(store.notes[0]))
  for (const note of store.notes) await store.remove(note.id)
  assert.equal((await load({ samples })).notes.length, 0)
  assert.equal((await fs.readdir(path.join(dir, '.trash'))).length, 5)
})

test('a new note is one file, named after its title once it is left', async (t) => {
  const { dir, load, files } = await folderOf(t)
  const store = await load()
  const note = store.create()
  store.edit(note.id, '# My plan\n\ntext')
  await store.flush()
  assert.deepEqual(await files(), ['untitled.md'])
  await store.togglePin(note.id)
  await store.settle(note.id)
  assert.deepEqual(await files(), ['my-plan.md'])
  assert.equal(await fs.readFile(path.join(dir, 'my-plan.md'), 'utf8'), '# My plan\n\ntext')
  assert.ok((await load()).isPinned((await load()).notes[0]))
})

test('deleting moves to the trash and undo brings back text and place', async (t) => {
  const { load, files } = await folderOf(t, { 'a.md': 'one', 'b.md': 'two' })
  const store = await load()
  const note = store.notes.find((other) => other.file === 'a.md')
  await store.togglePin(note.id)
  const undo = await store.remove(note.id)
  assert.deepEqual(await files(), ['b.md'])
  await undo()
  assert.deepEqual(await files(), ['a.md', 'b.md'])
  assert.equal(store.notes[0].text, 'one')
})

test('a change from outside shows, also a new and a removed file', async (t) => {
  const { dir, load } = await folderOf(t, { 'a.md': 'one', 'b.md': 'two' })
  const store = await load()
  let changes = 0
  store.addEventListener('change', () => { changes += 1 })
  await fs.writeFile(path.join(dir, 'a.md'), 'one, changed')
  await fs.writeFile(path.join(dir, 'c.md'), 'three')
  await fs.unlink(path.join(dir, 'b.md'))
  await store.rescan()
  assert.deepEqual(store.notes.map((note) => note.text).sort(), ['one, changed', 'three'])
  await store.rescan()
  assert.equal(changes, 1, 'a scan that finds nothing new says nothing')
})

test('two writers of one file both keep their text', async (t) => {
  const { dir, load, files } = await folderOf(t, { 'a.md': 'one' })
  const store = await load()
  store.edit(store.notes[0].id, 'mine')
  await fs.writeFile(path.join(dir, 'a.md'), 'theirs')
  await store.rescan()
  await store.flush()
  assert.deepEqual(await files(), ['a-other-version.md', 'a.md'])
  assert.equal(await fs.readFile(path.join(dir, 'a.md'), 'utf8'), 'mine')
  assert.equal(await fs.readFile(path.join(dir, 'a-other-version.md'), 'utf8'), 'theirs')
})

test('a save that fails keeps text and file, says so, and the next one works', async (t) => {
  const failure = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })
  const faults = { isFull: false }
  const full = { ...fs, writeFile: async (...args) => { if (faults.isFull) throw failure; await fs.writeFile(...args) } }
  const { dir, load, files } = await folderOf(t, { 'a.md': 'one' })
  const drafts = draftsOf()
  const store = await load({ fs: full, drafts })
  const states = []
  store.addEventListener('status', (event) => states.push(event.detail.state))

  faults.isFull = true
  store.edit(store.notes[0].id, 'two')
  await store.flush()
  assert.deepEqual(states, ['saving', 'error'])
  assert.equal(await fs.readFile(path.join(dir, 'a.md'), 'utf8'), 'one')
  assert.equal(drafts.getItem('draft:a.md'), 'two')
  const next = await load({ drafts })
  assert.equal(next.notes[0].text, 'two', 'another start takes up the draft')
  await next.flush()

  faults.isFull = false
  await store.flush()
  assert.equal(await fs.readFile(path.join(dir, 'a.md'), 'utf8'), 'two')
  assert.deepEqual(await files(), ['a.md'])
  assert.equal(drafts.getItem('draft:a.md'), null)
})

test('typing while saving and scanning ends with the last letter on disk', async (t) => {
  const { dir, load, files } = await folderOf(t)
  const store = await load()
  const note = store.create()
  const work = []
  for (let n = 1; n <= 60; n += 1) {
    store.edit(note.id, `# Draft\n\n${'x'.repeat(n)}`)
    work.push(store.flush(), store.rescan())
    if (n % 7 === 0) await Promise.all(work.splice(0))
    if (n === 30) work.push(store.settle(note.id))
  }
  await Promise.all(work)
  await store.flush()
  assert.deepEqual(await files(), ['draft.md'])
  assert.equal(await fs.readFile(path.join(dir, 'draft.md'), 'utf8'), `# Draft\n\n${'x'.repeat(60)}`)
  assert.equal(store.notes.length, 1)
})

test('an export is plain copies of every note', async (t) => {
  const { dir, load } = await folderOf(t, { 'a.md': 'one', 'b.txt': 'two' })
  const store = await load()
  const target = path.join(dir, 'copies')
  assert.equal(await store.exportTo(new Folder(fs, path.join, target)), 2)
  assert.deepEqual((await fs.readdir(target)).sort(), ['a.md', 'b.txt'])
})

/** Makes a folder with files in it, and a way to open stores on it that end with the test. */
async function folderOf (t, texts = {}) {
  const dir = await fs.mkdtemp(path.join(os.tmpdir(), 'notes-'))
  t.after(() => fs.rm(dir, { recursive: true, force: true }))
  for (const [name, text] of Object.entries(texts)) await fs.writeFile(path.join(dir, name), text)
  const load = async ({ fs: calls = fs, samples, drafts } = {}) => {
    const store = new NoteStore({ folder: new Folder(calls, path.join, dir), titleOf: (text) => splitNote(text).title, drafts })
    await store.load(samples, 'welcome.md')
    t.after(() => Promise.all(store.notes.map((note) => store.flush(note.id))))
    return store
  }
  const files = async () => (await fs.readdir(dir)).filter((name) => !name.startsWith('.')).sort()
  return { dir, load, files }
}

/** Stands in for the page's `localStorage`, whose keys are its own properties. */
function draftsOf () {
  return Object.create({
    getItem (key) { return this[key] ?? null },
    setItem (key, value) { this[key] = value },
    removeItem (key) { delete this[key] }
  })
}
