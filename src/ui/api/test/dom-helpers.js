/**
 * @module test/dom-helpers
 *
 * Finding and waiting for elements.
 */
const TIMEOUT_MS = 5000
const POLL_MS = 50

/**
 * The element that a selector names, or the element itself.
 * @param {string|Element} selector
 * @return {Element}
 */
export function toElement (selector) {
  const element = typeof selector === 'string' ? document.querySelector(selector) : selector
  if (element instanceof globalThis.Element) return element
  throw new Error(`no element: ${String(selector)}`)
}

/**
 * Waits for an element.
 * @param {{ selector?: string, visible?: boolean, timeout?: number }} options
 * @param {() => (Element|null|undefined|false)} [find] looks for it in place of the selector
 * @return {Promise<Element>}
 */
export async function waitFor ({ selector, visible = true, timeout = TIMEOUT_MS }, find) {
  const look = find ?? (selector ? () => document.querySelector(selector) : null)
  if (!look) throw new Error('waitFor() needs a selector or a function')
  const deadline = performance.now() + timeout
  while (true) {
    const element = look()
    if (element && (!visible || isElementVisible(element))) return element
    if (performance.now() >= deadline) break
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }
  throw new Error(`${visible ? 'no visible element' : 'no element'} within ${timeout} ms: ${selector ?? 'function'}`)
}

/**
 * Waits for a text below an element and gives the innermost element that holds it.
 * @param {{ element: Element, text?: string, regex?: RegExp, multipleTags?: boolean, timeout?: number }} options
 * @return {Promise<Element>}
 */
export function waitForText ({ element, text, regex, multipleTags, timeout }) {
  const holds = (node) => {
    const content = multipleTags ? node.textContent.replace(/\s+/g, ' ') : node.textContent
    return regex ? content.search(regex) !== -1 : Boolean(text) && content.includes(text)
  }
  const find = () => [...element.querySelectorAll('*')].reverse().find((node) => holds(node)) ?? (holds(element) ? element : null)
  return waitFor({ timeout, selector: `text ${text ?? regex}` }, find)
}

/**
 * Dispatches an event on an element, or on the window.
 * @param {{ event: string|Event, element?: EventTarget }} options
 */
export function event ({ event, element = globalThis }) {
  const dispatched = typeof event === 'string' ? new CustomEvent(event) : event
  if (!(dispatched instanceof Event)) throw new TypeError('the event must be a string or an Event')
  element.dispatchEvent(dispatched)
}

/**
 * Whether an element and all around it can be seen.
 * @param {Element} element
 * @param {Element} [previous] the child through which it was reached
 * @return {boolean}
 */
export function isElementVisible (element, previous) {
  const view = element.ownerDocument?.defaultView
  if (!view) throw new Error('the element is in no document')
  const { display, visibility, opacity } = view.getComputedStyle(element)
  if (display === 'none' || ['hidden', 'collapse'].includes(visibility) || Number(opacity) === 0) return false
  if (element.hasAttribute('hidden')) return false
  if (element.nodeName === 'DETAILS' && previous && previous.nodeName !== 'SUMMARY' && !element.hasAttribute('open')) return false
  return !element.parentElement || isElementVisible(element.parentElement, element)
}
