import application from 'socket:application'

const state = document.querySelector('#state')
const replies = document.querySelector('#replies')
const form = document.querySelector('#greet')
const buttons = document.querySelectorAll('button')

/** Shows whether there is a backend to talk to. */
function show (text, isRunning) {
  state.textContent = text
  for (const button of buttons) button.disabled = !isRunning
}

/** Adds one line to the list of replies. */
function add (text) {
  const item = document.createElement('li')
  item.textContent = text
  replies.prepend(item)
}

show('Starting the backend…', false)
const win = await application.getCurrentWindow()

// What the backend sends with `ipc://send?event=greeting&value=…` arrives here.
window.addEventListener('greeting', (event) => add(event.detail.text))
window.addEventListener('backend-exit', (event) => show(`The backend ended (${event.detail}).`, false))
window.addEventListener('process-error', (event) => add(`stderr: ${event.detail}`))

form.addEventListener('submit', async (event) => {
  event.preventDefault()
  await win.send({ backend: true, event: 'greet', value: { name: form.elements.name.value } })
})

document.querySelector('#quit').addEventListener('click', async () => {
  await win.send({ backend: true, event: 'quit', value: { code: 0 } })
})

const { data, err } = await application.backend.open()
if (err) show(`The backend did not start: ${err.message}`, false)
else show(`The backend runs${data?.pid ? ` as process ${data.pid}` : ''}.`, true)
