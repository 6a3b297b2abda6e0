/**
 * A small Markdown: reads text into a plain tree that a view can draw, and nothing else.
 *
 * Pure: no DOM, no files. A node is a string or `{ tag, attrs?, children?, line? }`; nothing in
 * it is ever HTML text, so a note cannot bring markup of its own into the page.
 *
 * @typedef {string | { tag: string, attrs?: Record<string, string>, children?: Node[], line?: number }} Node
 */

const INLINE = /(`+)(.+?)\1|\*\*(?=\S)(.+?)(?<=\S)\*\*|~~(?=\S)(.+?)(?<=\S)~~|\*(?=[^\s*])(.+?)(?<=[^\s*])\*|(?<![\w])_(?=[^\s_])(.+?)(?<=[^\s_])_(?![\w])|\[([^\]]+)\]\(([^()\s]+)\)|\b(https?:\/\/[^\s<>()]+[^\s<>().,;:!?'"])/g
const ITEM = /^(\s*)(?:[-*+]|(\d{1,9})[.)])\s+(?:\[([ xX])\]\s+)?(.*)$/
const HEADING = /^(#{1,6})\s+(.*?)\s*#*\s*$/
const FENCE = /^\s*(```+|~~~+)/
const RULE = /^\s*([-*_])(?:\s*\1){2,}\s*$/
const QUOTE = /^\s*>\s?/

/** Deeper marks, quotations and lists stay text, so that no note can exhaust the stack. */
const DEPTH_MAX = 16

/**
 * Reads a whole note.
 * @param {string} text
 * @return {Node[]}
 */
export function parse (text) {
  return parseLines(text.split(/\r?\n/), 0, 0)
}

/**
 * Reads the marks inside one paragraph.
 * @param {string} text
 * @param {number} [depth] - of marks around it
 * @return {Node[]}
 */
export function parseInline (text, depth = 0) {
  if (depth > DEPTH_MAX) return [text]
  const nodes = []
  let end = 0
  for (const match of text.matchAll(INLINE)) {
    if (match.index > end) nodes.push(text.slice(end, match.index))
    nodes.push(inlineNode(match, depth + 1))
    end = match.index + match[0].length
  }
  if (end < text.length) nodes.push(text.slice(end))
  return nodes
}

/**
 * Splits a note's text into its title and the rest.
 * @param {string} text
 * @return {{ title: string, body: string }} an empty title if the text does not open with `# `
 */
export function splitNote (text) {
  const match = /^#[ \t]+([^\r\n]*?)[ \t]*(?:\r?\n(?:[ \t]*\r?\n)?|$)/.exec(text)
  if (!match) return { title: '', body: text }
  return { title: match[1], body: text.slice(match[0].length) }
}

/**
 * Joins what {@link splitNote} splits.
 * @param {string} title
 * @param {string} body
 * @return {string}
 */
export function joinNote (title, body) {
  const line = title.replace(/\s+/g, ' ').trim()
  if (!line) return body
  return body ? `# ${line}\n\n${body}` : `# ${line}\n`
}

/**
 * Takes the marks off, for the list and for counting words.
 * @param {string} text
 * @return {string}
 */
export function plainText (text) {
  return text
    .replace(/^\s*(?:#{1,6}|>|[-*+]|\d{1,9}[.)])\s+(?:\[[ xX]\]\s+)?/gm, '')
    .replace(/^\s*(?:```.*|~~~.*|(?:[-*_]\s*){3,})$/gm, '')
    .replace(/\[([^\]]+)\]\([^()\s]+\)/g, '$1')
    .replace(/(\*\*|~~|`)/g, '')
    .replace(/(?<!\w)[*_]([^*_\n]+)[*_](?!\w)/g, '$1')
}

/**
 * Counts the words of a note; a script written without spaces counts by its own rules.
 * @param {string} text
 * @return {number}
 */
export function countWords (text) {
  let count = 0
  for (const part of new Intl.Segmenter(undefined, { granularity: 'word' }).segment(plainText(text))) {
    if (part.isWordLike) count += 1
  }
  return count
}

/**
 * Ticks or unticks the task on one line.
 * @param {string} text
 * @param {number} line - counted from 0
 * @return {string} the same text if there is no task on that line
 */
export function toggleTask (text, line) {
  const lines = text.split('\n')
  if (!(line in lines)) return text
  lines[line] = lines[line].replace(/^(\s*(?:[-*+]|\d{1,9}[.)])\s+\[)([ xX])\]/, (_, head, mark) => {
    return `${head}${mark === ' ' ? 'x' : ' '}]`
  })
  return lines.join('\n')
}

/**
 * Says how Enter goes on with the list that the caret is in.
 * @param {string} text
 * @param {number} caret
 * @return {{ from: number, insert: string } | null} what to put in place of `from` to the caret; null if not in a list
 */
export function continueList (text, caret) {
  const from = text.lastIndexOf('\n', caret - 1) + 1
  const line = text.slice(from, caret)
  const match = /^(\s*)([-*+]|(\d{1,9})([.)]))(\s+)(\[[ xX]\]\s+)?/.exec(line)
  if (!match) return null
  if (match[0].length === line.length) return { from, insert: '' }
  const [, indent, bullet, number, stop, gap, task] = match
  const mark = number ? `${Number(number) + 1}${stop}` : bullet
  return { from: caret, insert: `\n${indent}${mark}${gap}${task ? '[ ] ' : ''}` }
}

/**
 * Cuts text into spans to colour while writing; the spans joined are the text again.
 * @param {string} text
 * @return {{ kind: string, text: string }[]}
 */
export function highlight (text) {
  const spans = []
  let isCode = false
  for (const line of text.split(/(?<=\n)/)) {
    const isFence = FENCE.test(line)
    if (isFence || isCode) spans.push({ kind: isFence ? 'mark' : 'code', text: line })
    else spans.push(...highlightLine(line))
    if (isFence) isCode = !isCode
  }
  return spans
}

/** Reads blocks; `start` is the number of the first line in the whole note. */
function parseLines (lines, start, depth) {
  const nodes = []
  let at = 0
  while (at < lines.length) {
    const block = readBlock(lines, at, start, depth)
    if (block.node) nodes.push(block.node)
    at = block.next
  }
  return nodes
}

/** Reads the one block that begins at line `at`. */
function readBlock (lines, at, start, depth) {
  const line = lines[at]
  if (!line.trim()) return { node: null, next: at + 1 }
  if (FENCE.test(line)) return readFence(lines, at)
  const heading = HEADING.exec(line)
  if (heading) return { node: { tag: `h${heading[1].length}`, children: parseInline(heading[2]) }, next: at + 1 }
  if (RULE.test(line)) return { node: { tag: 'hr' }, next: at + 1 }
  if (QUOTE.test(line) && depth < DEPTH_MAX) return readQuote(lines, at, start, depth)
  if (ITEM.test(line)) return readList(lines, at, start, depth)
  return readParagraph(lines, at)
}

/** Reads code up to its closing fence, or to the end. */
function readFence (lines, at) {
  const fence = FENCE.exec(lines[at])[1]
  let next = at + 1
  while (next < lines.length && !lines[next].trim().startsWith(fence)) next += 1
  const code = { tag: 'code', children: [lines.slice(at + 1, next).join('\n')] }
  return { node: { tag: 'pre', children: [code] }, next: next + 1 }
}

/** Reads a quotation, which holds blocks of its own. */
function readQuote (lines, at, start, depth) {
  let next = at
  while (next < lines.length && QUOTE.test(lines[next])) next += 1
  const inner = lines.slice(at, next).map((line) => line.replace(QUOTE, ''))
  return { node: { tag: 'blockquote', children: parseLines(inner, start + at, depth + 1) }, next }
}

/** Reads a list; deeper items become a list inside the item above them. */
function readList (lines, at, start, depth) {
  const [, indent, number] = ITEM.exec(lines[at])
  const list = { tag: number ? 'ol' : 'ul', children: [] }
  if (number && number !== '1') list.attrs = { start: number }
  let next = at
  while (next < lines.length) {
    const match = ITEM.exec(lines[next])
    if (!match || match[1].length < indent.length || RULE.test(lines[next])) break
    if (match[1].length > indent.length && depth < DEPTH_MAX) {
      const inner = readList(lines, next, start, depth + 1)
      list.children.at(-1).children.push(inner.node)
      next = inner.next
      continue
    }
    if (Boolean(match[2]) !== Boolean(number)) break
    list.children.push(itemNode(match, start + next))
    next += 1
  }
  return { node: list, next }
}

/** Makes one list item; a task carries its state and its line. */
function itemNode (match, line) {
  const node = { tag: 'li', children: parseInline(match[4]) }
  if (match[3] === undefined) return node
  return { ...node, attrs: { task: match[3] === ' ' ? 'open' : 'done' }, line }
}

/** Reads lines up to a blank one or another kind of block. */
function readParagraph (lines, at) {
  let next = at + 1
  while (next < lines.length && lines[next].trim() && !startsBlock(lines[next])) next += 1
  const children = []
  for (const line of lines.slice(at, next)) {
    if (children.length > 0) children.push({ tag: 'br' })
    children.push(...parseInline(line.trim()))
  }
  return { node: { tag: 'p', children }, next }
}

/** Tells whether a line ends the paragraph before it. */
function startsBlock (line) {
  return FENCE.test(line) || HEADING.test(line) || QUOTE.test(line) || RULE.test(line) || ITEM.test(line)
}

/** Turns one match of {@link INLINE} into a node. */
function inlineNode (match, depth) {
  const [whole, , code, strong, struck, starred, scored, label, target, bare] = match
  if (code !== undefined) return { tag: 'code', children: [code] }
  if (strong !== undefined) return { tag: 'strong', children: parseInline(strong, depth) }
  if (struck !== undefined) return { tag: 's', children: parseInline(struck, depth) }
  if (starred !== undefined) return { tag: 'em', children: parseInline(starred, depth) }
  if (scored !== undefined) return { tag: 'em', children: parseInline(scored, depth) }
  const href = target ?? bare
  if (!/^(?:https?:\/\/|mailto:)/i.test(href)) return whole
  return { tag: 'a', attrs: { href }, children: [label ?? bare] }
}

/** Colours one line that is not code. */
function highlightLine (line) {
  if (RULE.test(line)) return [{ kind: 'mark', text: line }]
  if (QUOTE.test(line)) return [{ kind: 'quote', text: line }]
  const heading = /^#{1,6}\s+/.exec(line)
  if (heading) return [{ kind: 'mark', text: heading[0] }, { kind: 'heading', text: line.slice(heading[0].length) }]
  const item = /^(\s*(?:[-*+]|\d{1,9}[.)])\s+)(\[[ xX]\]\s+)?/.exec(line)
  if (!item) return highlightInline(line)
  const rest = line.slice(item[0].length)
  if (/\[[xX]\]/.test(item[2] ?? '')) return [{ kind: 'bullet', text: item[0] }, { kind: 'done', text: rest }]
  return [{ kind: 'bullet', text: item[0] }, ...highlightInline(rest)]
}

/** Colours the marks inside a line. */
function highlightInline (text) {
  const spans = []
  let end = 0
  for (const match of text.matchAll(INLINE)) {
    if (match.index > end) spans.push({ kind: 'text', text: text.slice(end, match.index) })
    spans.push(...highlightMatch(match))
    end = match.index + match[0].length
  }
  if (end < text.length) spans.push({ kind: 'text', text: text.slice(end) })
  return spans
}

/** Colours one match of {@link INLINE}: its marks apart from what they mark. */
function highlightMatch ([whole, , code, strong, struck, starred, scored, label]) {
  const inner = code ?? strong ?? struck ?? starred ?? scored ?? label
  if (inner === undefined) return [{ kind: 'link', text: whole }]
  const at = whole.indexOf(inner)
  const kind = code !== undefined ? 'code' : strong !== undefined ? 'strong' : struck !== undefined ? 'done' : label !== undefined ? 'link' : 'emphasis'
  return [
    { kind: 'mark', text: whole.slice(0, at) },
    { kind, text: inner },
    { kind: 'mark', text: whole.slice(at + inner.length) }
  ]
}
