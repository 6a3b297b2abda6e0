// Answers the page: one `ipc://command?key=value` message per line, both ways.
import { createInterface } from 'node:readline'

/** Writes one message to the page or its window. */
function send (command, params) {
  const pairs = Object.entries(params).map(([key, value]) => `${key}=${encodeURIComponent(value)}`)
  process.stdout.write(`ipc://${command}?${pairs.join('&')}\n`)
}

/** Answers a greeting, and puts the name in the title bar. */
function greet (name) {
  const reply = { text: `Hello ${name}, this is Node ${process.versions.node}` }
  send('setTitle', { value: `Hello, ${name}` })
  send('send', { index: 0, event: 'greeting', value: JSON.stringify(reply) })
}

for await (const line of createInterface({ input: process.stdin })) {
  const query = new URL(line).searchParams
  let value = query.get('value') ?? 'null'
  while (typeof value === 'string') value = JSON.parse(value)
  if (query.get('event') === 'greet') greet(value.name)
  if (query.get('event') === 'quit') process.exit(value.code)
}
