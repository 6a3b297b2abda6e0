/**
 * Starts a test run: loaded by the preload of the first window if the app was started with `--test`.
 *
 * With a file, that file's module is imported once the page is loaded, and has to add tests while
 * it is evaluated. Without one, the page's own scripts do. An error that nobody catches, or a file
 * that cannot be imported, ends the run as a failure.
 */
import { args } from 'socket:internal/args'
import { GLOBAL_TEST_RUNNER } from 'socket:test'
import { bail } from 'socket:test/context'

async function run (file) {
  if (document.readyState !== 'complete') {
    await new Promise((resolve) => addEventListener('load', resolve, { once: true }))
  }
  const address = new URL(file.replaceAll('\\', '/').split('/').map(encodeURIComponent).join('/'), `${location.origin}/`)
  try {
    await import(address.href)
  } catch (error) {
    return bail(new Error(`'${file}' cannot be imported: ${error?.message ?? error}`, { cause: error }))
  }
  if (!GLOBAL_TEST_RUNNER.scheduled) bail(new Error(`'${file}' adds no test`))
}

if (args.test) run(args.test)
