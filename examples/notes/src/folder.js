/**
 * The folder that the notes live in: what is done to its files, and what they may be called.
 *
 * Takes the file system as an argument, so any object with the calls of Node's `fs/promises` will do.
 * Invariant: a file is only ever replaced whole, by renaming a finished one over it.
 */

const TRASH = '.trash'
const PINS = '.notes.json'
const NOTE_FILE = /^[^.].*\.(?:md|markdown|txt)$/i
const RESERVED = /^(?:con|prn|aux|nul|com\d|lpt\d|untitled)?$/
const NAME_LETTERS_MAX = 40

/**
 * Turns a title into a file name, without its ending, that every file system takes.
 * @param {string} title
 * @return {string} empty if nothing in the title can be in a file name
 */
export function fileNameFor (title) {
  const name = title.normalize('NFC').toLowerCase()
    .replace(/['’]/g, '')
    .replace(/[^\p{L}\p{N}\p{M}]+/gu, '-')
    .replace(/^-+|-+$/g, '')
  const short = [...name].slice(0, NAME_LETTERS_MAX).join('').replace(/-+$/, '')
  return RESERVED.test(short) ? '' : short
}

/**
 * Adds a number to a name until nobody has it.
 * @param {string} base
 * @param {(name: string) => boolean} isTaken
 * @return {string}
 */
export function numberedName (base, isTaken) {
  let name = `${base}.md`
  for (let n = 2; isTaken(name); n += 1) name = `${base}-${n}.md`
  return name
}

/** One folder of notes. */
export class Folder {
  #fs
  #join
  #count = 0

  /**
   * @param {object} fs - calls of `fs/promises`
   * @param {(...parts: string[]) => string} join
   * @param {string} path
   */
  constructor (fs, join, path) {
    this.#fs = fs
    this.#join = join
    this.path = path
  }

  /** Makes the folder if it is not there. */
  async make () {
    await this.#fs.mkdir(this.path, { recursive: true })
  }

  /** @return {Promise<string[]>} names of the note files, hidden ones left out */
  async list () {
    const files = await this.#fs.readdir(this.path)
    return files.map((file) => file.name ?? file).filter((name) => NOTE_FILE.test(name))
  }

  /** @return {Promise<string>} what a file holds */
  async read (name) {
    return String(await this.#fs.readFile(this.#join(this.path, name), { encoding: 'utf8' }))
  }

  /** @return {Promise<string | null>} what a file holds, null if there is none */
  async readIfThere (name) {
    try {
      return await this.read(name)
    } catch (err) {
      if (err.code === 'ENOENT') return null
      throw err
    }
  }

  /** @return {Promise<{ stamp: string, changedMs: number }>} tells one version of a file from another */
  async stat (name) {
    const { size, mtimeMs } = await this.#fs.stat(this.#join(this.path, name))
    return { stamp: `${size}:${mtimeMs}`, changedMs: Number(mtimeMs) }
  }

  /** Writes a finished file beside the old one, then puts it in its place. */
  async replace (name, text) {
    const temporary = this.#join(this.path, `.${Date.now()}-${++this.#count}.tmp`)
    try {
      await this.#fs.writeFile(temporary, text)
      await this.#fs.rename(temporary, this.#join(this.path, name))
    } catch (err) {
      await this.#fs.unlink(temporary).catch(() => {})
      throw err
    }
  }

  /** Gives a file another name. */
  async rename (from, to) {
    await this.#fs.rename(this.#join(this.path, from), this.#join(this.path, to))
  }

  /**
   * Moves a file to the trash.
   * @return {Promise<string>} its name there, for {@link rename} to bring it back
   */
  async discard (name) {
    await this.#fs.mkdir(this.#join(this.path, TRASH), { recursive: true })
    const discarded = this.#join(TRASH, `${Date.now()}-${name}`)
    await this.rename(name, discarded)
    return discarded
  }

  /** @return {Promise<string>} a name that no file has and that is not in `taken` */
  async freeName (base, taken) {
    const names = new Set([...taken, ...await this.list()].map((name) => name.toLowerCase()))
    return numberedName(base, (name) => names.has(name.toLowerCase()))
  }

  /** @return {Promise<string[] | null>} names of the pinned notes; null if none were ever written */
  async readPins () {
    const text = await this.readIfThere(PINS)
    if (text === null) return null
    try {
      return JSON.parse(text).pinned ?? []
    } catch {
      return []
    }
  }

  /** Remembers which notes are pinned. */
  async writePins (names) {
    await this.replace(PINS, `${JSON.stringify({ pinned: [...names].sort() }, null, 2)}\n`)
  }

  /** Copies every file of another folder into this one. */
  async copyFrom (path) {
    for (const file of await this.#fs.readdir(path)) {
      const name = file.name ?? file
      await this.#fs.copyFile(this.#join(path, name), this.#join(this.path, name))
    }
  }
}
