/**
 * The panel: looks at the app's actors twice a second, and closer at the one that is open.
 *
 * It is gone while it is closed, so it asks for nothing then. What is drawn anew keeps scroll
 * position, focus and selection.
 */
import { close, look, lookCloser } from './client.js'
import { Detail } from './detail.js'
import { arrange, element, setText } from './dom.js'
import { duration } from './format.js'
import { List } from './list.js'
import { visible, withRates } from './model.js'

const LOOK_MS = 500
/** Findings that are shown at once. */
const FINDINGS_MAX = 3
const PAGE_ROWS = 8

const at = (id) => document.getElementById(id)
const [app, filter, findings, news, none, said, table] = ['app', 'filter', 'findings', 'news', 'none', 'state', 'actors'].map(at)
const state = { before: null, snapshot: null, rows: [], sort: 'name', cursor: null, open: null, wrong: '' }

const list = new List(table, {
  onsort: (key) => { state.sort = state.sort === key ? 'name' : key; draw() },
  onopen: open
})
const detail = new Detail(at('detail'), closeDetail)

async function run () {
  while (true) {
    if (!document.hidden) await lookAll()
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
  }
}

async function lookAll () {
  try {
    const snapshot = await look({ request: 'snapshot' })
    state.before = state.snapshot
    state.snapshot = snapshot
    state.rows = withRates(snapshot, state.before)
    setText(said, '')
    draw()
  } catch (problem) {
    setText(said, `no answer: ${problem.message}`)
  }
  await lookAtOpen()
}

async function lookAtOpen () {
  const name = state.open
  if (name === null) return
  try {
    const seen = await lookCloser(name)
    if (state.open === name) detail.show(seen)
  } catch (problem) {
    if (state.open === name) detail.complain(problem.message)
  }
}

function draw () {
  const { snapshot } = state
  if (!snapshot) return
  const shown = visible(state.rows, filter.value, state.sort)
  if (!shown.some((row) => row.name === state.cursor)) state.cursor = shown[0]?.name ?? null
  const { name, pid, uptime_ms: uptime } = snapshot.app
  setText(app, `${name} · ${pid} · up ${duration(uptime)}`)
  const wrong = new Set(snapshot.findings.map((finding) => finding.actor))
  list.show(shown, { sort: state.sort, cursor: state.cursor, open: state.open, wrong })
  none.hidden = shown.length > 0
  drawFindings(snapshot.findings)
}

function drawFindings (all) {
  const texts = all.slice(0, FINDINGS_MAX).map((finding) => finding.text)
  if (all.length > FINDINGS_MAX) texts.push(`and ${all.length - FINDINGS_MAX} more`)
  findings.hidden = texts.length === 0
  const items = texts.map((text, place) => {
    const button = findings.children[place]?.firstChild ?? element('button', { type: 'button' })
    setText(button, text)
    button.onclick = () => all[place] && open(all[place].actor)
    return button.parentNode ?? element('li', {}, button)
  })
  arrange(findings, items)
  // Said aloud once, and not again each time that the seconds in the sentence have grown.
  const wrong = all.map(({ kind, actor }) => `${kind} ${actor}`).join()
  if (wrong !== state.wrong) setText(news, texts.join('. '))
  state.wrong = wrong
}

function open (name) {
  state.cursor = name
  if (state.open === name) return closeDetail()
  state.open = name
  detail.open(name)
  draw()
  list.reveal(name)
  lookAtOpen()
}

function closeDetail () {
  state.open = null
  detail.close()
  table.focus()
  draw()
}

/** Keys that an input needs itself. */
const TYPED = new Set(['/', 'Home', 'End'])

/** Moves the cursor; what is open follows it. */
function move (by) {
  const shown = visible(state.rows, filter.value, state.sort)
  if (shown.length === 0) return
  const place = shown.findIndex((row) => row.name === state.cursor) + by
  const { name } = shown[Math.max(0, Math.min(place, shown.length - 1))]
  if (state.open !== null && state.open !== name) open(name)
  state.cursor = name
  draw()
  list.reveal(name)
}

/** One step back: the filter, then the actor, then the panel. */
function back () {
  if (document.activeElement === filter) {
    filter.value = ''
    table.focus()
    draw()
  } else if (state.open !== null) closeDetail()
  else close()
}

const KEYS = {
  ArrowDown: () => move(1),
  ArrowUp: () => move(-1),
  PageDown: () => move(PAGE_ROWS),
  PageUp: () => move(-PAGE_ROWS),
  Home: () => move(-Infinity),
  End: () => move(Infinity),
  Escape: back,
  '/': () => { filter.focus(); filter.select() }
}

addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey) return
  const isButton = document.activeElement instanceof HTMLButtonElement
  const isTyping = document.activeElement === filter
  if (event.key === 'Enter' && !isButton && state.cursor !== null) open(state.cursor)
  else if (Object.hasOwn(KEYS, event.key) && !(isTyping && TYPED.has(event.key))) KEYS[event.key]()
  else return
  event.preventDefault()
})

filter.addEventListener('input', draw)
at('close').addEventListener('click', close)
table.focus()
run()
