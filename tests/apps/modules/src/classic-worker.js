/** A classic script that imports modules when it needs them. */
addEventListener('message', async ({ data }) => {
  const { readFile, writeFile, rm } = await import('socket:fs/promises')
  const { Buffer } = await import('socket:buffer')
  console.log('classic worker:', Buffer.from('a'))
  await writeFile(data, new Uint8Array([0, 255]))
  const bytes = await readFile(data)
  await rm(data)
  const { default: fs } = await import('socket:fs')
  const size = fs.statSync('index.html').size
  postMessage({ bytes: [...bytes], isBuffer: Buffer.isBuffer(bytes), size })
})
