/**
 * Reading and writing numbers: every `readX` and `writeX` of a buffer.
 */
import { codedError, invalidArgType, outOfRange } from 'socket:internal/node-errors'

const view = new DataView(new ArrayBuffer(8))
const WIDTH_MAX = 6

/** The methods, by name; installed on the prototype of `Buffer`. */
export const numberMethods = {}

for (const isLittle of [true, false]) {
  const end = isLittle ? 'LE' : 'BE'
  for (const signed of [true, false]) {
    const kind = signed ? 'Int' : 'UInt'
    for (const bytes of [2, 4]) defineInteger(`${kind}${bytes * 8}${end}`, bytes, signed, isLittle)
    defineVariable(`${kind}${end}`, signed, isLittle)
    defineView(`Big${signed ? 'Int' : 'UInt'}64${end}`, signed ? 'BigInt64' : 'BigUint64', 8, isLittle, checkBig(signed))
  }
  defineView(`Float${end}`, 'Float32', 4, isLittle, Number)
  defineView(`Double${end}`, 'Float64', 8, isLittle, Number)
}
defineInteger('Int8', 1, true, true)
defineInteger('UInt8', 1, false, true)

for (const name of Object.keys(numberMethods)) {
  if (name.includes('UInt')) numberMethods[name.replace('UInt', 'Uint')] = numberMethods[name]
}

/** A number of one, two or four bytes. */
function defineInteger (name, bytes, signed, isLittle) {
  numberMethods[`read${name}`] = function (offset = 0) {
    return readInteger(this, checkOffset(this, offset, bytes), bytes, signed, isLittle)
  }
  numberMethods[`write${name}`] = function (value, offset = 0) {
    return writeInteger(this, value, offset, bytes, signed, isLittle)
  }
}

/** A number of one to six bytes. */
function defineVariable (name, signed, isLittle) {
  numberMethods[`read${name}`] = function (offset, byteLength) {
    if (offset === undefined) throw invalidArgType('offset', 'of type number', offset)
    checkWidth(byteLength)
    return readInteger(this, checkOffset(this, offset, byteLength), byteLength, signed, isLittle)
  }
  numberMethods[`write${name}`] = function (value, offset, byteLength) {
    checkWidth(byteLength)
    return writeInteger(this, value, offset, byteLength, signed, isLittle)
  }
}

/** A number that a `DataView` reads. */
function defineView (name, viewName, bytes, isLittle, convert) {
  const [get, set] = [`get${viewName}`, `set${viewName}`]
  numberMethods[`read${name}`] = function (offset = 0) {
    checkOffset(this, offset, bytes)
    for (let index = 0; index < bytes; index += 1) view.setUint8(index, this[offset + index])
    return view[get](0, isLittle)
  }
  numberMethods[`write${name}`] = function (value, offset = 0) {
    const converted = convert(value)
    checkOffset(this, offset, bytes)
    view[set](0, converted, isLittle)
    for (let index = 0; index < bytes; index += 1) this[offset + index] = view.getUint8(index)
    return offset + bytes
  }
}

function readInteger (buffer, offset, bytes, signed, isLittle) {
  let value = 0
  for (let index = 0; index < bytes; index += 1) {
    value = value * 256 + buffer[offset + (isLittle ? bytes - 1 - index : index)]
  }
  const half = 2 ** (bytes * 8 - 1)
  return signed && value >= half ? value - half * 2 : value
}

function writeInteger (buffer, value, offset, bytes, signed, isLittle) {
  let rest = Number(value)
  checkInteger(rest, bytes, signed)
  checkOffset(buffer, offset, bytes)
  rest = Math.trunc(rest) || 0
  if (rest < 0) rest += 2 ** (bytes * 8)
  for (let index = 0; index < bytes; index += 1) {
    buffer[offset + (isLittle ? index : bytes - 1 - index)] = rest % 256
    rest = Math.floor(rest / 256)
  }
  return offset + bytes
}

function checkInteger (value, bytes, signed) {
  const bits = bytes * 8
  const max = signed ? 2 ** (bits - 1) - 1 : 2 ** bits - 1
  const min = signed ? -(2 ** (bits - 1)) : 0
  if (!(value > max || value < min)) return
  if (bytes <= 4) throw outOfRange('value', `>= ${min} and <= ${max}`, value)
  if (signed) throw outOfRange('value', `>= -(2 ** ${bits - 1}) and < 2 ** ${bits - 1}`, value)
  throw outOfRange('value', `>= 0 and < 2 ** ${bits}`, value)
}

function checkBig (signed) {
  return (value) => {
    if (typeof value !== 'bigint') {
      throw new TypeError(`Cannot mix BigInt and other types, use explicit conversions: ${String(value)}`)
    }
    const max = signed ? 2n ** 63n : 2n ** 64n
    const min = signed ? -(2n ** 63n) : 0n
    if (value >= min && value < max) return value
    throw outOfRange('value', signed ? '>= -(2n ** 63n) and < 2n ** 63n' : '>= 0n and < 2n ** 64n', value)
  }
}

function checkWidth (byteLength) {
  if (byteLength === undefined || typeof byteLength !== 'number') {
    throw invalidArgType('byteLength', 'of type number', byteLength)
  }
  if (!Number.isInteger(byteLength)) throw outOfRange('byteLength', 'an integer', byteLength)
  if (byteLength < 1 || byteLength > WIDTH_MAX) throw outOfRange('byteLength', `>= 1 and <= ${WIDTH_MAX}`, byteLength)
}

function checkOffset (buffer, offset, bytes) {
  if (typeof offset !== 'number') throw invalidArgType('offset', 'of type number', offset)
  const last = buffer.length - bytes
  if (Number.isInteger(offset) && offset >= 0 && offset <= last) return offset
  if (Number.isNaN(offset) || (Number.isFinite(offset) && !Number.isInteger(offset))) {
    throw outOfRange('offset', 'an integer', offset)
  }
  if (last < 0) {
    throw codedError(RangeError, 'ERR_BUFFER_OUT_OF_BOUNDS', 'Attempt to access memory outside buffer bounds')
  }
  throw outOfRange('offset', `>= 0 and <= ${last}`, offset)
}
