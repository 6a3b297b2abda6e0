/**
 * Calls commands as if they were methods: `binding.fs.stat({ path })`.
 */

const PLAIN = new Set(['inspect', '__proto__', 'constructor', 'then', 'catch', 'finally', 'toJSON'])

/**
 * Makes a binding.
 * @param {Record<string, Function>} calls the ways of calling: send, request, write, sendSync, …
 * @param {string} [domain] put before each command, for example `fs`
 * @param {object|Function} [context] `{ default, [command]: way | { method: way } }`
 * @return {any}
 */
export function makeBinding (calls, domain, context = {}) {
  if (domain && typeof domain === 'object') return makeBinding(calls, null, domain)
  const level = (path) => new Proxy(function () {}, {
    apply (_, __, args) {
      const command = path.join('.')
      const way = context[command]?.method ?? context[command] ?? context.default ?? 'send'
      return calls[way](command, ...args)
    },
    get (_, key) {
      if (typeof key === 'symbol' || PLAIN.has(key) || key in Function.prototype) return undefined
      if (path.length === 0 && key in context) return context[key]
      return level([...path, key])
    }
  })
  return level(domain ? [domain] : [])
}

export default makeBinding
