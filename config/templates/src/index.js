import fs from 'socket:fs/promises'
import os from 'socket:os'

const files = await fs.readdir('.')
const names = files.map((file) => file.name ?? file).join(', ')

document.querySelector('#greeting').textContent = `Running on ${os.platform()} with ${names}`
console.log(`this app is made of ${names}`)
