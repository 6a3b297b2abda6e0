/**
 * Measures calls and files as a page sees them and prints one JSON line.
 * The clock of a page ticks in milliseconds, so many calls are measured as one.
 */
import fs from 'socket:fs/promises'
import ipc from 'socket:ipc'
import process from 'socket:process'

const dir = process.env.BENCH_DIR
const small = `${dir}/small.bin`
const large = `${dir}/large.bin`
const MIB = 1024 * 1024

/** Runs `work` `count` times, `width` at once, and returns microseconds per run. */
async function micros (count, width, work) {
  let left = count
  const worker = async () => { while (left-- > 0) await work() }
  const began = performance.now()
  await Promise.all(Array.from({ length: width }, worker))
  return (performance.now() - began) * 1000 / count
}

/** Returns MiB per second of `work` over `bytes` bytes. */
async function speed (bytes, work) {
  const began = performance.now()
  await work()
  return bytes / MIB / ((performance.now() - began) / 1000)
}

console.log('ready')
await fs.writeFile(small, new Uint8Array(1024))
const data = new Uint8Array(100 * MIB).fill(7)
const ping = () => ipc.request('ping', { value: 1 })
await micros(200, 1, ping)
console.log(JSON.stringify({
  ping_us: await micros(2000, 1, ping),
  ping_16_us: await micros(8000, 16, ping),
  read_1k_us: await micros(1000, 1, () => fs.readFile(small)),
  read_1k_16_us: await micros(4000, 16, () => fs.readFile(small)),
  write_100m_mib_s: await speed(data.length, () => fs.writeFile(large, data)),
  read_100m_mib_s: await speed(data.length, () => fs.readFile(large))
}))
