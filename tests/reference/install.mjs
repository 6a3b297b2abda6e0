// Puts the reference peer into a folder: `node install.mjs FOLDER`.
//
// The lock file beside this one says which version and which bytes. npm fetches it where there
// is npm, since it knows the user's registry and proxy; without npm, or if that fails, the one
// package that is needed is fetched directly and checked against the lock file's hash: by Node,
// and by curl where only the system knows whom to trust.
// The folder appears whole or not at all, so that several tests may do this at once.

import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import fs from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const NAME = '@socketsupply/socket'
const NEEDED = 'stream-relay/index.js'
const REGISTRY = 'https://registry.npmjs.org'
const FETCH_MS = 120_000

const run = promisify(execFile)
const here = path.dirname(fileURLToPath(import.meta.url))
const target = path.resolve(process.argv[2] ?? 'target/reference')
const lock = JSON.parse(await fs.readFile(path.join(here, 'package-lock.json'), 'utf8'))
const { version, integrity } = lock.packages[`node_modules/${NAME}`]

const exists = (file) => fs.access(file).then(() => true, () => false)
const moduleIn = (folder) => path.join(folder, 'node_modules', NAME)

// The lock file is part of what is installed: another version is installed anew.
async function isInstalled () {
  const installed = await fs.readFile(path.join(target, 'package-lock.json'), 'utf8').catch(() => '')
  return installed === JSON.stringify(lock) && exists(path.join(moduleIn(target), NEEDED))
}

async function byNpm (folder) {
  for (const file of ['package.json', 'package-lock.json']) {
    await fs.copyFile(path.join(here, file), path.join(folder, file))
  }
  const quiet = ['--ignore-scripts', '--omit=optional', '--no-audit', '--no-fund', '--loglevel=error']
  await run('npm', ['ci', ...quiet], { cwd: folder, timeout: FETCH_MS })
}

const address = `${REGISTRY}/${NAME}/-/${NAME.split('/')[1]}-${version}.tgz`

async function byFetch (folder) {
  const answer = await fetch(address, { signal: AbortSignal.timeout(FETCH_MS) })
  if (!answer.ok) throw new Error(`${address} answers ${answer.status}`)
  await unpack(folder, Buffer.from(await answer.arrayBuffer()))
}

async function byCurl (folder) {
  const archive = path.join(folder, 'fetched.tgz')
  await run('curl', ['--fail', '--silent', '--show-error', '--location', '--output', archive, address], { timeout: FETCH_MS })
  const bytes = await fs.readFile(archive)
  await fs.rm(archive)
  await unpack(folder, bytes)
}

async function unpack (folder, bytes) {
  const hash = `sha512-${createHash('sha512').update(bytes).digest('base64')}`
  if (hash !== integrity) throw new Error(`${address} is not the package of the lock file: ${hash}`)
  await fs.mkdir(moduleIn(folder), { recursive: true })
  const archive = path.join(folder, 'package.tgz')
  await fs.writeFile(archive, bytes)
  await run('tar', ['-xzf', archive, '--strip-components=1', '-C', moduleIn(folder)])
  await fs.rm(archive)
}

async function install () {
  await fs.mkdir(path.dirname(target), { recursive: true })
  const reasons = []
  for (const fetchInto of [byNpm, byFetch, byCurl]) {
    const folder = await fs.mkdtemp(`${target}-`)
    try {
      await fetchInto(folder)
      await fs.access(path.join(moduleIn(folder), NEEDED))
      await fs.writeFile(path.join(folder, 'package-lock.json'), JSON.stringify(lock))
      return await put(folder)
    } catch (error) {
      reasons.push(`${error.message}`.trim())
      await fs.rm(folder, { recursive: true, force: true })
    }
  }
  throw new Error(reasons.join('\n'))
}

async function put (folder) {
  if (await isInstalled()) return fs.rm(folder, { recursive: true })
  await fs.rm(target, { recursive: true, force: true })
  // Somebody else may have been quicker, which is as good.
  await fs.rename(folder, target).catch(async (error) => {
    await fs.rm(folder, { recursive: true, force: true })
    if (!await isInstalled()) throw error
  })
}

try {
  if (!await isInstalled()) await install()
  console.log(moduleIn(target))
} catch (error) {
  console.error(`error: cannot install ${NAME}@${version}, which the relay is tested against`)
  console.error(`${error.message}`)
  console.error(` hint: with a network, run: node tests/reference/install.mjs ${target}`)
  process.exit(1)
}
