/**
 * @module path/mounts
 *
 * Folders of the host that are mounted into the app's origin, by `[webview.navigator.mounts]` in `socket.ini`.
 */
declare module 'socket:path/mounts' {
  const _default: Record<string, any>
  export default _default
}
