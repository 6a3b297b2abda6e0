/**
 * Decodes bytes that come in pieces, without breaking a character between two of them.
 */
import { Buffer } from 'socket:buffer'

const STREAMED = { utf8: 'utf-8', 'utf-8': 'utf-8', utf16le: 'utf-16le', 'utf-16le': 'utf-16le', ucs2: 'utf-16le', 'ucs-2': 'utf-16le' }

/** One decoder for one stream of bytes. */
export class PieceDecoder {
  #encoding
  #text = null
  #rest = Buffer.alloc(0)

  /** @param {string} encoding any that `Buffer` knows */
  constructor (encoding) {
    this.#encoding = String(encoding).toLowerCase()
    const label = STREAMED[this.#encoding]
    if (label) this.#text = new TextDecoder(label, { ignoreBOM: true })
  }

  /**
   * Decodes one piece; what is left of a split character waits for the next.
   * @param {Uint8Array} bytes
   * @return {string}
   */
  write (bytes) {
    if (this.#text) return this.#text.decode(bytes, { stream: true })
    if (!this.#encoding.startsWith('base64')) return toBuffer(bytes).toString(this.#encoding)
    const all = Buffer.concat([this.#rest, toBuffer(bytes)])
    const whole = all.length - all.length % 3
    this.#rest = all.subarray(whole)
    return all.subarray(0, whole).toString(this.#encoding)
  }

  /**
   * Decodes what is left.
   * @return {string}
   */
  end () {
    if (this.#text) return this.#text.decode()
    const rest = this.#rest.toString(this.#encoding)
    this.#rest = Buffer.alloc(0)
    return rest
  }
}

function toBuffer (bytes) {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

export default PieceDecoder
