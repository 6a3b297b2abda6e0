/**
 * Secrets that can be said aloud, and what a person looks like.
 */

const WORDS = `
  acorn amber anchor apple apron arrow aspen atlas autumn bamboo basil beacon birch bison blossom bonfire
  bramble breeze brook button cactus candle canoe canyon cedar chapel cherry cinder clover cobalt comet copper
  coral cotton cricket crystal daisy delta desert dolphin drizzle dune eagle echo ember falcon feather fennel
  fern fiddle finch fjord flint forest fossil fountain garden ginger glacier granite grove harbor hazel heron
  hickory honey horizon indigo island ivory jasmine juniper kettle kingdom lagoon lantern larch laurel lemon
  lilac linen lotus lupin magnet maple marble meadow mint mirror monsoon mosaic moss nectar nimbus nutmeg oasis
  ocean olive onyx orbit orchid otter paddle pebble pepper phoenix pine planet plum pollen poplar prairie quartz
  quill rabbit raven reef ribbon river robin rocket saffron sage sail salmon sapling shadow shell sierra silver
  sparrow spruce starling summit sunset swallow tango thistle thunder timber topaz trellis tulip tundra umbrella
  valley velvet violet walnut wander willow winter wren yarrow zephyr zinnia
`.trim().split(/\s+/)

const WORD_COUNT = 5
const HUES = 360

/**
 * Makes a secret up. Its words are drawn evenly from a list; five of them are about 36 bits, enough for a
 * chat between friends, and a longer secret can be typed.
 * @return {string}
 */
export function makeSecret () {
  const limit = Math.floor(0x1_0000_0000 / WORDS.length) * WORDS.length
  const words = []
  while (words.length < WORD_COUNT) {
    const [number] = crypto.getRandomValues(new Uint32Array(1))
    if (number < limit) words.push(WORDS[number % WORDS.length])
  }
  return words.join('-')
}

/**
 * What a room is called: the first word of its secret.
 * @param {string} secret
 * @return {string}
 */
export function roomName (secret) {
  const [first] = secret.split(/[-\s]/)
  return [...first].map((letter, at) => at === 0 ? letter.toUpperCase() : letter).join('')
}

/**
 * One or two letters for a name.
 * @param {string} name
 * @return {string}
 */
export function initials (name) {
  const words = name.trim().split(/\s+/)
  const letters = words.length > 1 ? [words[0], words.at(-1)] : words
  return letters.map((word) => [...word][0] ?? '?').join('').toUpperCase()
}

/**
 * The colour of a key: the same for everybody who sees it.
 * @param {string} key hex digits
 * @return {number} in degrees
 */
export function hue (key) {
  return Number.parseInt(key.slice(0, 8), 16) % HUES
}

/**
 * Whether a text is nothing but a few emoji.
 * @param {string} text
 * @return {boolean}
 */
export function isBig (text) {
  return text.length <= 24 && /^(\p{Extended_Pictographic}|\p{Emoji_Modifier}|\u200d|\ufe0f|\s)+$/u.test(text)
}
