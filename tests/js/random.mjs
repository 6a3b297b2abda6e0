/** A seeded source of random values, so that a failure can be run again. */

/**
 * Makes a source from a seed.
 * @param {number} seed
 */
export function random (seed) {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (limit) => Math.floor(next() * limit)
  const pick = (list) => list[below(list.length)]
  const text = (alphabet, lengthMax) => Array.from({ length: below(lengthMax + 1) }, () => pick(alphabet)).join('')
  const bytes = (lengthMax) => Uint8Array.from({ length: below(lengthMax + 1) }, () => below(256))
  return { next, below, pick, text, bytes }
}

/** The seed of this run: `SEED` in the environment, or a fixed one. */
export const SEED = Number(process.env.SEED ?? 20240607)
