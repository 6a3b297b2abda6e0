/**
 * @module path/mounts
 *
 * Folders of the host that are mounted into the app's origin, by `[webview.navigator.mounts]` in `socket.ini`.
 */
import { args } from 'socket:internal/args'

const PREFIX = 'webview_navigator_mounts_'
const mounts = {}

for (const [key, value] of Object.entries(args.config ?? {})) {
  if (key.startsWith(PREFIX)) mounts[key.slice(PREFIX.length).replace(/^(linux|mac|win|ios|android)_/, '')] = value
}

export default mounts
