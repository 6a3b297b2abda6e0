/**
 * What a test can do with the page: the part of `Test` that needs a document.
 */
import { event as dispatch, isElementVisible, toElement, waitFor, waitForText } from 'socket:test/dom-helpers'

/** The base of `Test`; each method asserts that it worked. */
export class DomTest {
  /** Waits for a time in milliseconds. */
  async sleep (ms, message = `slept for ${ms} ms`) {
    await new Promise((resolve) => setTimeout(resolve, ms))
    this.pass(message)
  }

  /** Waits for the next frame; a page that is not shown has none, and waits for a turn. */
  async requestAnimationFrame (message) {
    const isDrawn = globalThis.document?.hasFocus() && globalThis.document.visibilityState !== 'hidden'
    await new Promise((resolve) => isDrawn ? globalThis.requestAnimationFrame(resolve) : setTimeout(resolve, 0))
    if (message) this.pass(message)
  }

  /** Clicks on an element. */
  click (selector, message = `clicked on ${named(selector)}`) {
    return this.#act(selector, message, (element) => element.click())
  }

  /** Dispatches a `click` event on an element. */
  eventClick (selector, message = `dispatched click on ${named(selector)}`) {
    const event = new MouseEvent('click', { bubbles: true, cancelable: true, button: 0 })
    return this.#act(selector, message, (element) => dispatch({ event, element }))
  }

  /** Dispatches an event on an element. */
  dispatchEvent (event, selector, message = `dispatched ${event.type ?? event} on ${named(selector)}`) {
    return this.#act(selector, message, (element) => dispatch({ event, element }))
  }

  /** Gives an element the focus. */
  focus (selector, message = `focused ${named(selector)}`) {
    return this.#act(selector, message, (element) => element.focus())
  }

  /** Takes the focus from an element. */
  blur (selector, message = `blurred ${named(selector)}`) {
    return this.#act(selector, message, (element) => element.blur())
  }

  /** Types a text into an element, letter by letter. */
  async type (selector, text, message = `typed ${text} into ${named(selector)}`) {
    const element = toElement(selector)
    if (!('value' in element)) throw new Error(`the element has no value: ${named(selector)}`)
    for (const character of text) {
      await this.requestAnimationFrame()
      element.value = `${element.value ?? ''}${character}`
      element.dispatchEvent(new Event('input', { bubbles: true, cancelable: true }))
    }
    await this.requestAnimationFrame()
    this.pass(message)
  }

  /** Appends an element to another. */
  appendChild (selector, child, message = 'appended a child') {
    return this.#act(selector, message, (element) => element.appendChild(child))
  }

  /** Removes an element. */
  removeElement (selector, message = `removed ${named(selector)}`) {
    return this.#act(selector, message, (element) => element.remove())
  }

  /** Asserts that an element can be seen. */
  async elementVisible (selector, message = `${named(selector)} is visible`) {
    const isVisible = isElementVisible(toElement(selector))
    await this.requestAnimationFrame()
    this.ok(isVisible, message)
  }

  /** Asserts that an element cannot be seen. */
  async elementInvisible (selector, message = `${named(selector)} is not visible`) {
    const isVisible = isElementVisible(toElement(selector))
    await this.requestAnimationFrame()
    this.ok(!isVisible, message)
  }

  /** Waits for an element. */
  waitFor (selectorOrFind, options, message) {
    if (typeof options === 'string') [options, message] = [{}, options]
    const isFunction = typeof selectorOrFind === 'function'
    if (!isFunction && typeof selectorOrFind !== 'string') throw new Error('waitFor() needs a selector or a function')
    const found = isFunction
      ? waitFor({ ...options }, selectorOrFind)
      : waitFor({ ...options, selector: selectorOrFind })
    return this.#found(found, message ?? `waited for ${isFunction ? 'an element' : selectorOrFind}`)
  }

  /** Waits for a text below an element. */
  waitForText (selector, options, message) {
    if (typeof options === 'string') options = { text: options }
    if (options instanceof RegExp) options = { regex: options }
    if (!options) throw new Error('waitForText() needs a text, a regular expression or options')
    const found = waitForText({ ...options, element: toElement(selector) })
    return this.#found(found, message ?? `waited for text ${options.text ?? options.regex}`)
  }

  /** The element that a selector names; asserts that there is one. */
  querySelector (selector, message = `querySelector(${selector})`) {
    const element = document.querySelector(selector)
    this.ok(element, message)
    return element
  }

  /** The elements that a selector names; asserts that there are some. */
  querySelectorAll (selector, message = `querySelectorAll(${selector})`) {
    const elements = Array.from(document.querySelectorAll(selector))
    this.ok(elements.length > 0, message)
    return elements
  }

  /** The computed style of an element. */
  getComputedStyle (selector, message = `computed style of ${named(selector)}`) {
    const element = toElement(selector)
    const style = element.ownerDocument.defaultView.getComputedStyle(element)
    this.pass(message)
    return style
  }

  async #act (selector, message, action) {
    action(toElement(selector))
    await this.requestAnimationFrame()
    this.pass(message)
  }

  async #found (promise, message) {
    try {
      const element = await promise
      this.pass(message)
      return element
    } catch (error) {
      this.ifError(error, message)
    }
  }
}

function named (selector) {
  return typeof selector === 'string' ? selector : 'the element'
}
