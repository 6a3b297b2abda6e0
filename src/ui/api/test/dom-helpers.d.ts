/**
 * @module test/dom-helpers
 *
 * Finding and waiting for elements.
 */
declare module 'socket:test/dom-helpers' {
  /** Dispatches an event on an element, or on the window. */
  export function event (options?: { event: string|Event, element?: EventTarget }): any

  /**
   * Whether an element and all around it can be seen.
   * @param previous the child through which it was reached
   */
  export function isElementVisible (element: Element, previous?: Element): boolean

  /** The element that a selector names, or the element itself. */
  export function toElement (selector: string|Element): Element

  /**
   * Waits for an element.
   * @param find looks for it in place of the selector
   */
  export function waitFor (options?: { selector?: string, visible?: boolean, timeout?: number }, find?: () => (Element|null|undefined|false)): Promise<Element>

  /** Waits for a text below an element and gives the innermost element that holds it. */
  export function waitForText (options: { element: Element, text?: string, regex?: RegExp, multipleTags?: boolean, timeout?: number }): Promise<Element>
}
