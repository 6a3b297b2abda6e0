/**
 * @module path/well-known
 *
 * The user's and the app's own folders; `null` where the system names none.
 */
declare module 'socket:path/well-known' {
  /** Where the app keeps its settings. */
  export const CONFIG: string | null

  /** Where the app keeps its data. */
  export const DATA: string | null

  /** The user's desktop. */
  export const DESKTOP: string | null

  /** The user's documents. */
  export const DOCUMENTS: string | null

  /** The user's downloads. */
  export const DOWNLOADS: string | null

  /** The user's home folder. */
  export const HOME: string | null

  /** Where the app keeps its logs. */
  export const LOG: string | null

  /** Where removable media are mounted. */
  export const MEDIA: string | null

  /** The user's music. */
  export const MUSIC: string | null

  /** The user's pictures. */
  export const PICTURES: string | null

  /** The app's own files. */
  export const RESOURCES: string | null

  /** Where the app keeps what it may lose. */
  export const TMP: string | null

  /** The user's videos. */
  export const VIDEOS: string | null

  const _default: Record<string, any>
  export default _default
}
