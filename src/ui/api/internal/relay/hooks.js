/**
 * Hooks of the reference that are never called here, since datagrams stay outside of the page. Whoever sets
 * one is warned, once for each hook: code that is silently never called is worse than a line too many.
 */
const UNHEARD = {
  firewall: 'use limits of the peer and `onPacket`',
  onSend: 'what `publish` and `stream` resolve to has left',
  onMulticast: 'what `publish` resolves to has left',
  onProbe: '`onNat` tells what came of it',
  onFirewall: '`onNat` tells the NAT type',
  onIntro: '`onConnection` tells who was met',
  onInterval: 'set a timer of your own',
  onInsert: '`onPacket` tells what came',
  onEjected: '`list` tells what the cache holds',
  onDelete: '`list` tells what the cache holds'
}

const warned = new Set()

/**
 * Makes the hooks of a class known, so that setting one on a peer warns.
 * @param {Function} Class
 */
export function declareHooks (Class) {
  for (const name of Object.keys(UNHEARD)) {
    Object.defineProperty(Class.prototype, name, {
      configurable: true,
      enumerable: false,
      get () { return null },
      set (value) {
        Object.defineProperty(this, name, { value, configurable: true, enumerable: true, writable: true })
        warn(name, value)
      }
    })
  }
}

/**
 * Warns of hooks that a peer has by other ways: a method or a field of a subclass.
 * @param {object} peer
 */
export function checkHooks (peer) {
  for (const name of Object.keys(UNHEARD)) warn(name, peer[name])
}

function warn (name, value) {
  if (typeof value !== 'function' || warned.has(name)) return
  warned.add(name)
  globalThis.console.warn(`socket: the hook '${name}' of a peer is never called by this runtime; ${UNHEARD[name]}`)
}
