/** The names of Socket Runtime 0.5.4: those of the modules that are there, and of those that are not yet. */
import test from 'socket:test'
import { absent, names } from './names.js'

test('every name of a module that is there is exported', async (t) => {
  for (const [module, list] of Object.entries(names)) {
    const exported = await import(`socket:${module}`)
    const missing = list.split(' ').filter((name) => !(name in exported))
    t.deepEqual(missing, [], `socket:${module}`)
    t.ok(await import(`socket:${module}.js`), `socket:${module}.js`)
  }
})

test('one module is one instance, whatever it is called', async (t) => {
  const fs = await import('socket:fs')
  for (const name of ['socket:fs.js', 'socket:fs/index', 'socket:fs/index.js', 'node:fs']) {
    t.ok((await import(name)).readFile === fs.readFile, name)
  }
  t.ok((await import('node:fs/promises')).readFile === fs.promises.readFile, 'node:fs/promises')
})

test('an import by name from a module that is not there yet says so', async (t) => {
  const error = await import('./imports-dgram.js').then(() => null, (caught) => caught)
  t.equal(error?.message, 'The module socket:dgram is not supported by this runtime', 'with the module')
})

test('a module that is not there yet says so', async (t) => {
  // WebKit reports the failure of a module to its first importer only, and dgram has had one.
  for (const module of absent.filter((name) => name !== 'dgram')) {
    const error = await import(`socket:${module}`).then(() => null, (caught) => caught)
    t.deepEqual([error?.name, error?.code], ['NotSupportedError', 'ERR_NOT_SUPPORTED'], `socket:${module}`)
    t.ok(error?.message.includes(`socket:${module.replace(/\/index$/, '')} `), 'and which')
  }
})

test('a module that nobody has cannot be imported', async (t) => {
  await t.rejects(import('socket:nosuch'), TypeError, 'socket:')
  await t.rejects(import('node:nosuch'), TypeError, 'node:')
  await t.rejects(import('node:internal/session'), TypeError, 'our internals by the name of node:')
  await t.rejects(import('socket:../ui/api/fs'), TypeError, 'a path out of the modules')
})
