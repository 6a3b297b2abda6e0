/** Keys, boxes and signatures of the native side, against the vectors of the wire. */
import { Buffer } from 'socket:buffer'
import fs from 'socket:fs/promises'
import { Encryption as Later } from 'socket:latica'
import { Encryption } from 'socket:network'
import { sodium } from 'socket:crypto'
import test from 'socket:test'

const { vectors } = JSON.parse(await fs.readFile('relay-v6.json', 'utf8'))
const ofKind = (kind) => vectors.filter((each) => each.kind === kind)
const hex = (bytes) => Buffer.from(bytes).toString('hex')
const bytes = (text) => Buffer.from(text, 'hex')
const seedOf = ({ seed, seedHex }) => seedHex === undefined ? seed : Uint8Array.from(bytes(seedHex))

test('key pairs and shared keys', async (t) => {
  for (const vector of ofKind('keypair')) {
    const { publicKey, privateKey } = await Encryption.createKeyPair(seedOf(vector))
    t.deepEqual([hex(publicKey), hex(privateKey)], [vector.publicKey, vector.privateKey], vector.name)
    t.equal(publicKey.constructor.name, 'Uint8Array', 'plain bytes')
  }
  for (const vector of ofKind('sharedkey')) {
    const key = await Encryption.createSharedKey(seedOf(vector))
    t.equal(hex(key), vector.sharedKey, vector.name)
    t.equal(hex((await Encryption.createKeyPair(key)).publicKey), vector.subclusterId, vector.name)
  }
  const [one, other] = [await Encryption.createKeyPair(), await Encryption.createKeyPair()]
  t.notEqual(hex(one.publicKey), hex(other.publicKey), 'random without a seed')
})

test('boxes open, and only for those whom they are for', async (t) => {
  const encryption = new Encryption()
  for (const { name, seedHex, sealed, plaintext } of ofKind('seal')) {
    t.equal(hex(encryption.open(bytes(sealed), await Encryption.createKeyPair(Uint8Array.from(bytes(seedHex))))), plaintext, name)
  }
  for (const { name, seedHex, sealed, plaintext } of ofKind('sealMessage')) {
    t.equal(hex(encryption.openMessage(bytes(sealed), await Encryption.createKeyPair(Uint8Array.from(bytes(seedHex))))), plaintext, name)
  }
  for (const { name, seedHex, sealed } of ofKind('seal-reject')) {
    const keys = await Encryption.createKeyPair(Uint8Array.from(bytes(seedHex)))
    t.throws(() => encryption.open(bytes(sealed), keys), undefined, name)
  }
  const keys = await Encryption.createKeyPair()
  for (const length of [0, 1, 864, 100_000]) {
    const message = Buffer.alloc(length, 7)
    const sealed = encryption.seal(message, keys)
    t.equal(sealed.length, length + 160, `${length} bytes sealed`)
    t.ok(encryption.open(sealed, keys).equals(message), `${length} bytes opened`)
  }
  t.equal(encryption.openMessage(encryption.sealMessage('text', keys.publicKey), keys).toString(), 'text', 'one box')
})

test('signatures', async (t) => {
  for (const { name, seedHex, message, sig } of ofKind('sign')) {
    const { publicKey, privateKey } = await Encryption.createKeyPair(Uint8Array.from(bytes(seedHex)))
    t.equal(hex(Encryption.sign(bytes(message), privateKey)), sig, name)
    t.ok(Encryption.verify(bytes(message), bytes(sig), publicKey), name)
  }
  const { publicKey, privateKey } = sodium.crypto_sign_keypair()
  const signature = sodium.crypto_sign_detached('short', privateKey)
  t.ok(sodium.crypto_sign_verify_detached(signature, 'short', publicKey), 'all of a short message')
  t.ok(!sodium.crypto_sign_verify_detached(signature, 'shorn', publicKey), 'and no other')
})

test('ids', async (t) => {
  for (const { name, value, valueHex, v6, head } of ofKind('clusterid')) {
    const given = valueHex === undefined ? value : bytes(valueHex)
    t.equal(hex(await Encryption.createClusterId(given)), v6, name)
    t.equal(hex(await Later.createClusterId(given)), head, `${name} later`)
  }
  for (const { name, value, hex: id } of ofKind('id')) t.equal(await Encryption.createId(value), id, name)
  t.equal(hex(sodium.crypto_generichash(32, 'TEST')), ofKind('sharedkey').find(({ seed }) => seed === 'TEST').sharedKey, 'BLAKE2b')
  t.equal(sodium.crypto_generichash(32, '').length, 32, 'of nothing')
})
