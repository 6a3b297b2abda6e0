/**
 * @module path/well-known
 *
 * The user's and the app's own folders; `null` where the system names none.
 */
import { args } from 'socket:internal/args'
import { sendSync } from 'socket:ipc'

const paths = args.paths ?? ask()

/** The user's downloads. */
export const DOWNLOADS = paths.downloads || null
/** The user's documents. */
export const DOCUMENTS = paths.documents || null
/** The user's pictures. */
export const PICTURES = paths.pictures || null
/** The user's desktop. */
export const DESKTOP = paths.desktop || null
/** The user's videos. */
export const VIDEOS = paths.videos || null
/** The user's music. */
export const MUSIC = paths.music || null
/** The app's own files. */
export const RESOURCES = paths.resources || args.cwd || null
/** The user's home folder. */
export const HOME = paths.home || args.env?.HOME || null
/** Where the app keeps its settings. */
export const CONFIG = paths.config || null
/** Where the app keeps its data. */
export const DATA = paths.data || null
/** Where the app keeps its logs. */
export const LOG = paths.log || null
/** Where the app keeps what it may lose. */
export const TMP = paths.tmp || null
/** Where removable media are mounted. */
export const MEDIA = paths.media || null

export default {
  DOWNLOADS, DOCUMENTS, PICTURES, DESKTOP, VIDEOS, MUSIC, RESOURCES, HOME, CONFIG, DATA, LOG, TMP, MEDIA
}

/** A page that may not ask for the folders can still join paths. */
function ask () {
  try {
    return sendSync('os.paths', {}).data ?? {}
  } catch {
    return {}
  }
}
