/** Reads a file and reports; then throws. */
import fs from 'socket:fs/promises'
import { join } from 'socket:path'

console.log('module worker:', 1, [2])
console.warn('module worker: warning')
const text = await fs.readFile('index.html', 'utf8')
const missing = await fs.readFile(join('no', 'file')).catch((error) => `${error.code} ${error.syscall} ${error.path}`)
await new Promise((resolve) => setTimeout(resolve))
postMessage({ text, missing })
addEventListener('message', () => { throw new Error('thrown by a worker') })
