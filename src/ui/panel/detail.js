/**
 * One actor in depth: its queue by type, what it awaits, its latencies, its last messages.
 */
import { element, setAttribute, setText } from './dom.js'
import { count, doing, duration, NOTHING, number, reasons, shortCause } from './format.js'
import { byType, recent } from './model.js'

/** Shows one actor. Its heading stays, so that no click on its button is lost when the rest is drawn anew. */
export class Detail {
  #section
  #name = element('span')
  #what = element('small')
  #close = element('button', { type: 'button', title: 'Back (Esc)' }, '✕')
  #body = element('div')

  /**
   * @param {HTMLElement} section
   * @param {() => void} onclose
   */
  constructor (section, onclose) {
    this.#section = section
    this.#close.addEventListener('click', onclose)
    section.append(element('h2', {}, this.#name, this.#what, this.#close), this.#body)
  }

  /** Makes room for an actor of which nothing is known yet. */
  open (name) {
    setText(this.#name, name)
    setText(this.#what, '')
    setAttribute(this.#section, 'aria-label', `Actor ${name}`)
    setAttribute(this.#close, 'aria-label', `Close ${name}`)
    this.#body.replaceChildren()
    this.#section.scrollTop = 0
    this.#section.hidden = false
  }

  /** Shows what the inspector says of it, but not while the user selects text in what it said before. */
  show (detail) {
    const { anchorNode, isCollapsed } = getSelection()
    if (!isCollapsed && this.#section.contains(anchorNode)) return
    const { actor } = detail
    const top = this.#section.scrollTop
    setText(this.#what, `${actor.kind}, lane ${actor.lane}`)
    this.#body.replaceChildren(
      element('p', { class: 'counts' }, summary(actor)),
      ...panic(actor),
      ...queue(detail),
      ...awaited(detail.asks),
      ...latencies(detail.latencies),
      ...messages(detail.recorder)
    )
    this.#section.scrollTop = top
  }

  /** Says why the actor cannot be shown. */
  complain (problem) {
    this.#body.replaceChildren(element('p', { class: 'wrong' }, problem))
  }

  /** Goes away. */
  close () {
    this.#section.hidden = true
  }
}

function summary (actor) {
  const now = doing(actor)
  const why = reasons(actor.losses)
  const parts = [
    now === NOTHING ? 'idle' : `now ${now}`,
    `${number(actor.sent)} sent`,
    `${number(actor.handled)} handled`,
    `${number(actor.lost)} lost${why && ` (${why})`}`
  ]
  if (actor.restarts > 0) parts.push(`${number(actor.restarts)} restarts`)
  return parts.join(' · ')
}

function panic ({ last_panic: text }) {
  return text ? [element('p', { class: 'wrong' }, `Last panic: ${text}`)] : []
}

function queue ({ actor, queue }) {
  if (actor.depth === 0 || !queue) return [element('h3', {}, 'Queue'), element('p', { class: 'none' }, actor.depth === 0 ? 'empty' : number(actor.depth))]
  const types = byType(queue)
  const rows = types.map((type) => [type.message, count(type.count), duration(type.oldest_ms), type.senders.join(', ')])
  return table(`Queue: ${actor.depth}`, ['Message', '#Queued', '#Oldest', 'From'], rows)
}

function awaited (asks) {
  const rows = asks.map((ask) => [ask.to, ask.message, duration(ask.waiting_ms), duration(ask.left_ms)])
  return rows.length > 0 ? table('Waits for', ['Actor', 'Message', '#Since', '#At most'], rows) : []
}

function messages (recorder) {
  const rows = recent(recorder).map((entry) => [
    entry.kind === 'handled' ? entry.message : `${entry.message} (${entry.kind})`,
    entry.sender ?? 'outside',
    duration(entry.wait_ms),
    duration(entry.took_ms),
    shortCause(entry.cause)
  ])
  return rows.length > 0 ? table('Last messages', ['Message', 'From', '#Waited', '#Took', '#Cause'], rows) : []
}

function latencies (list) {
  const cell = (value) => duration(value / 1000)
  const rows = list.filter((each) => each.count > 0).map(({ message, count: times, wait, service }) => [
    message, count(times), cell(wait.p50_us), cell(wait.p99_us), cell(service.p50_us), cell(service.p99_us), cell(service.max_us)
  ])
  const heads = ['Message', '#Count', '#Wait p50', '#p99', '#Took p50', '#p99', '#Longest']
  return rows.length > 0 ? table('Latencies', heads, rows) : []
}

/** A heading and a table below it; `#` marks columns of numbers. */
function table (title, heads, rows) {
  const classes = heads.map((head) => head.startsWith('#') ? 'number' : 'text')
  const line = (tag, cells) => element('tr', {}, ...cells.map((text, place) => element(tag, { class: classes[place] }, text)))
  const id = `section-${title.split(':')[0].toLowerCase().replaceAll(' ', '-')}`
  return [
    element('h3', { id }, title),
    element('table', { 'aria-labelledby': id },
      element('thead', {}, line('th', heads.map((head) => head.replace('#', '')))),
      element('tbody', {}, ...rows.map((row) => line('td', row))))
  ]
}
