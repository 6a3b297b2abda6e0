/**
 * @module buffer
 *
 * `Buffer`, an array of bytes with Node's semantics, and the web's `Blob`, `File`, `atob` and `btoa`.
 */
declare module 'socket:buffer' {
  /** The names of encodings. */
  export type Encoding = 'utf8' | 'utf-8' | 'utf16le' | 'utf-16le' | 'ucs2' | 'ucs-2' | 'latin1' | 'binary' | 'ascii' | 'hex' | 'base64' | 'base64url'

  /** An array of bytes. */
  export class Buffer extends Uint8Array {
    static poolSize: number
    /** Makes a buffer from text, bytes, an array, or an `ArrayBuffer` whose memory it shares. */
    static from (value: any, encodingOrOffset?: any, length?: any): Buffer
    /** Makes a buffer of the given bytes. */
    static of (...bytes: number[]): Buffer
    /** Makes a buffer of a size, filled with zeros or a value. */
    static alloc (size: number, fill?: string | number | Uint8Array, encoding?: Encoding): Buffer
    /** Makes a buffer of a size. */
    static allocUnsafe (size: number): Buffer
    /** Makes a buffer of a size with memory of its own. */
    static allocUnsafeSlow (size: number): Buffer
    /** Joins arrays of bytes. */
    static concat (list: readonly Uint8Array[], totalLength?: number): Buffer
    /** Orders two arrays of bytes. */
    static compare (a: Uint8Array, b: Uint8Array): -1 | 0 | 1
    /** Copies a part of a typed array. */
    static copyBytesFrom (view: ArrayBufferView, offset?: number, length?: number): Buffer
    /** Whether a value is a buffer. */
    static isBuffer (value: any): value is Buffer
    /** Whether an encoding is known. */
    static isEncoding (encoding: any): encoding is Encoding
    /** How many bytes a value takes. */
    static byteLength (value: string | ArrayBufferView | ArrayBuffer, encoding?: Encoding): number
    /** @deprecated Use `Buffer.from` or `Buffer.alloc`. */
    constructor (value: any, encodingOrOffset?: any, length?: any)
    readonly parent: ArrayBufferLike
    readonly offset: number
    /** The text of a part. */
    toString (encoding?: Encoding, start?: number, end?: number): string
    /** Writes text and says how many bytes that took. */
    write (text: string, encoding?: Encoding): number
    write (text: string, offset: number, encoding?: Encoding): number
    write (text: string, offset: number, length: number, encoding?: Encoding): number
    /** Whether the other has the same bytes. */
    equals (other: Uint8Array): boolean
    /** Which of two parts comes first. */
    compare (target: Uint8Array, targetStart?: number, targetEnd?: number, sourceStart?: number, sourceEnd?: number): -1 | 0 | 1
    /** Copies a part into another array of bytes and says how many that were. */
    copy (target: Uint8Array, targetStart?: number, sourceStart?: number, sourceEnd?: number): number
    /** A part that shares its memory with the whole. */
    slice (start?: number, end?: number): Buffer
    /** A part that shares its memory with the whole. */
    subarray (start?: number, end?: number): Buffer
    /** Fills a part with a repeated value. */
    fill (value: any, offset?: any, end?: any, encoding?: Encoding): this
    /** Where a value first occurs at or after an offset, or -1. */
    indexOf (value: any, offset?: any, encoding?: Encoding): number
    /** Where a value last occurs at or before an offset, or -1. */
    lastIndexOf (value: any, offset?: any, encoding?: Encoding): number
    /** Whether a value occurs at or after an offset. */
    includes (value: any, offset?: any, encoding?: Encoding): boolean
    /** Swaps each pair of bytes. */
    swap16 (): this
    /** Swaps each group of four bytes. */
    swap32 (): this
    /** Swaps each group of eight bytes. */
    swap64 (): this
    /** The form that `JSON.stringify` writes. */
    toJSON (): { type: 'Buffer', data: number[] }
    /** The form that `inspect` shows. */
    inspect (): string
    readInt16LE (offset?: number): number
    writeInt16LE (value: number, offset?: number): number
    readInt16BE (offset?: number): number
    writeInt16BE (value: number, offset?: number): number
    readInt32LE (offset?: number): number
    writeInt32LE (value: number, offset?: number): number
    readInt32BE (offset?: number): number
    writeInt32BE (value: number, offset?: number): number
    readInt8 (offset?: number): number
    writeInt8 (value: number, offset?: number): number
    readIntLE (offset: number, byteLength: number): number
    writeIntLE (value: number, offset: number, byteLength: number): number
    readIntBE (offset: number, byteLength: number): number
    writeIntBE (value: number, offset: number, byteLength: number): number
    readUInt16LE (offset?: number): number
    writeUInt16LE (value: number, offset?: number): number
    readUInt16BE (offset?: number): number
    writeUInt16BE (value: number, offset?: number): number
    readUInt32LE (offset?: number): number
    writeUInt32LE (value: number, offset?: number): number
    readUInt32BE (offset?: number): number
    writeUInt32BE (value: number, offset?: number): number
    readUInt8 (offset?: number): number
    writeUInt8 (value: number, offset?: number): number
    readUIntLE (offset: number, byteLength: number): number
    writeUIntLE (value: number, offset: number, byteLength: number): number
    readUIntBE (offset: number, byteLength: number): number
    writeUIntBE (value: number, offset: number, byteLength: number): number
    readUint16LE (offset?: number): number
    writeUint16LE (value: number, offset?: number): number
    readUint16BE (offset?: number): number
    writeUint16BE (value: number, offset?: number): number
    readUint32LE (offset?: number): number
    writeUint32LE (value: number, offset?: number): number
    readUint32BE (offset?: number): number
    writeUint32BE (value: number, offset?: number): number
    readUint8 (offset?: number): number
    writeUint8 (value: number, offset?: number): number
    readUintLE (offset: number, byteLength: number): number
    writeUintLE (value: number, offset: number, byteLength: number): number
    readUintBE (offset: number, byteLength: number): number
    writeUintBE (value: number, offset: number, byteLength: number): number
    readBigInt64LE (offset?: number): bigint
    writeBigInt64LE (value: bigint, offset?: number): number
    readBigInt64BE (offset?: number): bigint
    writeBigInt64BE (value: bigint, offset?: number): number
    readBigUInt64LE (offset?: number): bigint
    writeBigUInt64LE (value: bigint, offset?: number): number
    readBigUInt64BE (offset?: number): bigint
    writeBigUInt64BE (value: bigint, offset?: number): number
    readBigUint64LE (offset?: number): bigint
    writeBigUint64LE (value: bigint, offset?: number): number
    readBigUint64BE (offset?: number): bigint
    writeBigUint64BE (value: bigint, offset?: number): number
    readFloatLE (offset?: number): number
    writeFloatLE (value: number, offset?: number): number
    readFloatBE (offset?: number): number
    writeFloatBE (value: number, offset?: number): number
    readDoubleLE (offset?: number): number
    writeDoubleLE (value: number, offset?: number): number
    readDoubleBE (offset?: number): number
    writeDoubleBE (value: number, offset?: number): number
  }

  /** The old name of `Buffer.allocUnsafeSlow`. */
  export function SlowBuffer (size: number): Buffer
  /** How many bytes `inspect` shows. */
  export const INSPECT_MAX_BYTES: number
  /** The most bytes that a buffer can have. */
  export const kMaxLength: number
  /** The most characters that a string can have. */
  export const kStringMaxLength: number
  /** Both limits, by Node's names. */
  export const constants: { readonly MAX_LENGTH: number, readonly MAX_STRING_LENGTH: number }
  /** The web's immutable bytes. */
  export const Blob: typeof globalThis.Blob
  /** The web's named bytes. */
  export const File: typeof globalThis.File
  /** Decodes base64 to a string of bytes. */
  export const atob: typeof globalThis.atob
  /** Encodes a string of bytes as base64. */
  export const btoa: typeof globalThis.btoa
  /** Whether bytes are valid UTF-8. */
  export function isUtf8 (bytes: ArrayBuffer | Uint8Array): boolean
  /** Whether all bytes are below 128. */
  export function isAscii (bytes: ArrayBuffer | Uint8Array): boolean
  /** Changes the encoding of text in a buffer. */
  export function transcode (source: Uint8Array, from: Encoding, to: Encoding): Buffer

  export { Buffer as default }
}
