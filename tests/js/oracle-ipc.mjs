/** Stands in for `socket:ipc` where Node is the oracle: a test run ends with its exit code. */
import process from 'node:process'

export async function send (command, { failed } = {}) {
  if (command === 'test.finish') process.exitCode = failed > 0 ? 1 : 0
  return { err: null, data: null }
}

export default { send }
