/**
 * Makes and updates elements. Text is always set as text.
 */

/**
 * Makes an element.
 * @param {string} tag
 * @param {Record<string, string>} [attributes]
 * @param {...(string|Node)} children
 * @return {HTMLElement}
 */
export function element (tag, attributes = {}, ...children) {
  const made = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value)
  made.append(...children)
  return made
}

/** Sets a text if it differs, so that what the user has selected stays selected. */
export function setText (node, text) {
  if (node.textContent !== text) node.textContent = text
}

/** Sets an attribute if it differs; `null` takes it away. */
export function setAttribute (node, name, value) {
  if (value === null) node.removeAttribute(name)
  else if (node.getAttribute(name) !== value) node.setAttribute(name, value)
}

/**
 * Makes a parent hold these nodes in this order, moving as few as possible.
 * @param {Element} parent
 * @param {Element[]} nodes
 */
export function arrange (parent, nodes) {
  const wanted = new Set(nodes)
  for (const child of [...parent.children]) if (!wanted.has(child)) child.remove()
  nodes.forEach((node, place) => {
    if (parent.children[place] !== node) parent.insertBefore(node, parent.children[place] ?? null)
  })
}
