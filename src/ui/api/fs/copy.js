/**
 * @module fs/copy
 *
 * Copies files and whole trees, by small operations that a driver carries out one after the other.
 */
import { toOptions, toPath } from 'socket:internal/fs-args'
import { codedError } from 'socket:internal/node-errors'
import { COPYFILE_EXCL } from 'socket:fs/constants'
import * as op from 'socket:fs/operations'

const { run, runSync } = op

/**
 * Checks the arguments of `cp`.
 * @param {string|Buffer|URL} src
 * @param {string|Buffer|URL} dest
 * @param {object} [options] `recursive`, `force`, `errorOnExist`, `dereference`, `preserveTimestamps`, `filter`
 */
export function checkCopy (src, dest, options) {
  const given = toOptions(options, { force: true })
  return { src: toPath(src, 'src'), dest: toPath(dest, 'dest'), options: given }
}

/** Copies, waiting for each operation. */
export async function copy (job) {
  const steps = copyEntry(job.src, job.dest, job.options, true)
  let step = steps.next()
  while (!step.done) {
    let outcome
    try {
      outcome = { value: step.value instanceof Promise ? await step.value : await run(step.value) }
    } catch (error) {
      outcome = { error }
    }
    step = 'error' in outcome ? steps.throw(outcome.error) : steps.next(outcome.value)
  }
}

/** Copies, blocking for each operation. */
export function copySync (job) {
  const steps = copyEntry(job.src, job.dest, job.options, true)
  let step = steps.next()
  while (!step.done) {
    let outcome
    try {
      if (step.value instanceof Promise) throw new TypeError('the filter of cpSync must not return a promise')
      outcome = { value: runSync(step.value) }
    } catch (error) {
      outcome = { error }
    }
    step = 'error' in outcome ? steps.throw(outcome.error) : steps.next(outcome.value)
  }
}

function * copyEntry (src, dest, options, isRoot) {
  if (options.filter) {
    const verdict = options.filter(src, dest)
    if (!(verdict instanceof Promise ? yield verdict : verdict)) return
  }
  const stats = yield options.dereference ? op.stat(src) : op.lstat(src)
  const existing = yield * existingAt(dest)
  if (existing && isSame(stats, existing)) throw refuse('ERR_FS_CP_EINVAL', 'src and dest cannot be the same', src, dest)
  if (stats.isDirectory()) yield * copyFolder(src, dest, stats, existing, options, isRoot)
  else if (stats.isSymbolicLink()) yield * copyLink(src, dest, existing, options)
  else if (stats.isFile()) yield * copyOne(src, dest, stats, existing, options)
  else throw refuse('ERR_FS_CP_EINVAL', 'only files, folders and links can be copied', src, dest)
}

function * copyFolder (src, dest, stats, existing, options, isRoot) {
  if (!options.recursive) throw refuse('ERR_FS_EISDIR', 'recursive is not set, so a folder cannot be copied', src, dest)
  if (existing && !existing.isDirectory()) throw refuse('ERR_FS_CP_DIR_TO_NON_DIR', 'a folder cannot replace a file', src, dest)
  if (isRoot) yield * refuseInside(src, dest)
  if (!existing) yield op.mkdir(dest, { recursive: true, mode: stats.mode & 0o777 | 0o700 })
  const names = yield op.readdir(src)
  for (const name of names) yield * copyEntry(`${src}/${name}`, `${dest}/${name}`, options, false)
}

/** A folder that is copied into itself would grow for ever. */
function * refuseInside (src, dest) {
  const source = yield op.stat(src)
  let path = dest
  while (path && path !== '.' && path !== '/') {
    const parent = path.replace(/[/\\]*[^/\\]+[/\\]*$/, '') || (path.startsWith('/') ? '/' : '.')
    const stats = yield * existingAt(parent)
    if (stats && isSame(source, stats) && parent !== path) {
      throw refuse('ERR_FS_CP_EINVAL', 'a folder cannot be copied into itself', src, dest)
    }
    path = parent
  }
}

function * copyLink (src, dest, existing, options) {
  if (existing && !(yield * mayReplace(src, dest, options))) return
  if (existing) yield op.unlink(dest)
  const target = yield op.readlink(src)
  yield op.symlink(target, dest)
}

function * copyOne (src, dest, stats, existing, options) {
  if (existing?.isDirectory()) throw refuse('ERR_FS_CP_NON_DIR_TO_DIR', 'a file cannot replace a folder', src, dest)
  if (existing && !(yield * mayReplace(src, dest, options))) return
  // A link would lead the copy elsewhere, and a file that is read-only would refuse it.
  if (existing) yield op.unlink(dest)
  else yield * makeParent(dest)
  yield op.copyFile(src, dest, (options.mode ?? 0) & COPYFILE_EXCL)
  if (options.preserveTimestamps) yield op.utimes(dest, stats.atime, stats.mtime)
}

function * mayReplace (src, dest, options) {
  if (options.force) return true
  if (options.errorOnExist) throw refuse('ERR_FS_CP_EEXIST', 'the target already exists', src, dest)
  return false
}

function * makeParent (dest) {
  const parent = dest.replace(/[/\\]*[^/\\]+[/\\]*$/, '')
  if (parent && !(yield * existingAt(parent))) yield op.mkdir(parent, { recursive: true })
}

function * existingAt (path) {
  try {
    return yield op.lstat(path)
  } catch (error) {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null
    throw error
  }
}

function isSame (a, b) {
  return a.ino !== 0 && a.ino === b.ino && a.dev === b.dev
}

function refuse (code, reason, src, dest) {
  const error = codedError(Error, code, `${reason}: cp '${src}' -> '${dest}'`)
  return Object.assign(error, { syscall: 'cp', path: src, dest })
}
