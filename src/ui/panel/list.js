/**
 * The table of actors: one row each, updated in place.
 */
import { arrange, element, setAttribute, setText } from './dom.js'
import { count, doing, duration, NOTHING, rate, reasons } from './format.js'

const COLUMNS = [
  { key: 'name', title: 'Actor', text: (row) => row.name },
  { key: 'kind', title: 'Kind', text: (row) => row.kind },
  { key: 'depth', title: 'Queued', isNumber: true, text: (row) => count(row.depth) },
  { key: 'oldest', title: 'Oldest', isNumber: true, text: (row) => duration(row.oldest_ms) },
  { key: 'now', title: 'Now', text: doing },
  { key: 'rate', title: 'Rate /s', isNumber: true, text: (row) => rate(row.rate) },
  { key: 'restarts', title: 'Restarts', isNumber: true, text: (row) => count(row.restarts) },
  { key: 'lost', title: 'Lost', isNumber: true, text: (row) => count(row.lost), hint: (row) => reasons(row.losses) }
]

/** Shows actors and says which was chosen. */
export class List {
  #table
  #body = element('tbody')
  #heads = new Map()
  #rows = new Map()

  /**
   * @param {HTMLTableElement} table
   * @param {{ onsort: (key: string) => void, onopen: (name: string) => void }} listeners
   */
  constructor (table, { onsort, onopen }) {
    this.#table = table
    const head = element('tr')
    for (const { key, title, isNumber } of COLUMNS) {
      const button = element('button', { type: 'button', tabindex: '-1' }, title)
      button.addEventListener('click', () => onsort(key))
      const cell = element('th', { scope: 'col', class: isNumber ? 'number' : key }, button)
      this.#heads.set(key, cell)
      head.append(cell)
    }
    table.append(element('thead', {}, head), this.#body)
    this.#body.addEventListener('click', (event) => {
      const name = event.target.closest('tr')?.dataset.name
      // Whoever selects text to copy it wants nothing opened.
      if (name && getSelection().isCollapsed) onopen(name)
    })
  }

  /**
   * Shows these rows.
   * @param {any[]} rows
   * @param {{ sort: string, cursor: string|null, open: string|null, wrong: Set<string> }} state
   */
  show (rows, { sort, cursor, open, wrong }) {
    for (const [key, cell] of this.#heads) setAttribute(cell, 'aria-sort', key === sort ? 'ascending' : null)
    const shown = rows.map((row) => this.#update(row, cursor === row.name, open === row.name, wrong.has(row.name)))
    arrange(this.#body, shown)
    for (const name of this.#rows.keys()) if (!rows.some((row) => row.name === name)) this.#rows.delete(name)
    setAttribute(this.#table, 'aria-activedescendant', this.#rows.get(cursor)?.id ?? null)
  }

  /** Scrolls to the row of an actor. */
  reveal (name) {
    this.#rows.get(name)?.scrollIntoView({ block: 'nearest' })
  }

  #update (row, isCursor, isOpen, isWrong) {
    const line = this.#rows.get(row.name) ?? this.#make(row.name)
    COLUMNS.forEach(({ text, hint }, place) => {
      const cell = line.children[place]
      const said = text(row)
      setText(cell, said)
      setAttribute(cell, 'class', `${cell.dataset.column}${said === NOTHING ? ' none' : ''}`)
      if (hint) setAttribute(cell, 'title', hint(row) || null)
    })
    setAttribute(line, 'aria-selected', String(isCursor))
    setAttribute(line, 'data-open', isOpen ? '' : null)
    setAttribute(line, 'data-wrong', isWrong ? '' : null)
    setAttribute(line, 'data-busy', doing(row) === NOTHING ? null : '')
    return line
  }

  #make (name) {
    const line = element('tr', { 'data-name': name, id: `actor-${name}`, role: 'row' })
    for (const { key, isNumber } of COLUMNS) {
      line.append(element('td', { role: 'gridcell', 'data-column': isNumber ? 'number' : key }))
    }
    this.#rows.set(name, line)
    return line
  }
}
