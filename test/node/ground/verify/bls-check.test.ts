import * as blst from '@chainsafe/blst'
import type { Hex } from 'viem'
import { hexToBytes } from 'viem/utils'
import { describe, expect, test } from 'vitest'
import { areBlsSigned, blsKey, BlsPointError, blsSign, compressSignature, sumOfKeys } from '#protocol/bls.ts'
import { type BlsCheck, findBlsCheck, portableBlsCheck } from '../../../../node/ground/verify/bls-check.ts'

const MESSAGE: Hex = `0x${'77'.repeat(32)}`
const OTHER: Hex = `0x${'78'.repeat(32)}`
const INFINITY = new Uint8Array(96).fill(0xc0, 0, 1)
const ZERO_KEY: Hex = `0x${'00'.repeat(128)}`
const ZERO_SIGNATURE: Hex = `0x${'00'.repeat(256)}`
/** Where a coordinate of an uncompressed point ends, as a number of hex digits. */
const FIRST = 2

const signers = [3, 4, 5].map((n) => {
  const secret = new Uint8Array(32).fill(n)
  return { key: blsKey(secret), signature: blsSign(secret, MESSAGE, 'signature') }
})
const [a, b, c] = signers as [Signer, Signer, Signer]
type Signer = (typeof signers)[number]

const checks = [portableBlsCheck('asked for'), findBlsCheck()]

describe.each(checks)('$name code', (check) => {
  test.each<[string, readonly Signer[], Hex, boolean]>([
    ['one signature', [a], MESSAGE, true],
    ['three signatures', [a, b, c], MESSAGE, true],
    ['the same one twice', [a, a], MESSAGE, true],
    ['none', [], MESSAGE, false],
    ['one of another message', [a], OTHER, false],
    ['a bad one among good ones', [a, { ...b, signature: c.signature }], MESSAGE, false],
    ['two whose faults cancel in a plain sum', swapped(a, b), MESSAGE, false],
    ['a key that is the identity', [a, { key: ZERO_KEY, signature: b.signature }], MESSAGE, false],
    ['a signature that is the identity', [{ key: a.key, signature: ZERO_SIGNATURE }], MESSAGE, false],
    ['keys that cancel, signed by nothing', [{ key: cancelled(a), signature: a.signature }], MESSAGE, false],
  ])('judges %s as it must', (_, partials, message, want) => {
    expect(check.areSigned(partials, message, 'signature')).toBe(want)
  })

  test('tells a proof of possession from a signature of a report', () => {
    const secret = new Uint8Array(32).fill(9)
    const partial = { key: blsKey(secret), signature: blsSign(secret, MESSAGE, 'possession') }
    expect(check.areSigned([partial], MESSAGE, 'possession')).toBe(true)
    expect(check.areSigned([partial], MESSAGE, 'signature')).toBe(false)
  })

  test('reads what was written', () => {
    for (const { signature } of signers) expect(check.expand(compressSignature(signature))).toBe(signature)
    expect(check.expand(INFINITY)).toBe(ZERO_SIGNATURE)
  })

  test.each(malformed(compressSignature(a.signature)))('refuses to read %s', (_, bytes) => {
    expect(() => check.expand(bytes)).toThrow(BlsPointError)
  })

  test('refuses a key that is no point', () => {
    const key: Hex = `${a.key.slice(0, -2)}${a.key.endsWith('00') ? '01' : '00'}` as Hex
    expect(() => check.areSigned([{ key, signature: a.signature }], MESSAGE, 'signature')).toThrow(BlsPointError)
  })

  test('refuses a coordinate with something before it', () => {
    const key: Hex = `0x01${a.key.slice(2 + FIRST)}`
    expect(() => check.areSigned([{ key, signature: a.signature }], MESSAGE, 'signature')).toThrow(BlsPointError)
  })
})

test('both read and refuse the same of random bytes', () => {
  const [portable, native] = checks as [BlsCheck, BlsCheck]
  const good = compressSignature(a.signature)
  const texts = Array.from({ length: 48 }, (_, i) => good.with(i * 2, (good[i * 2] ?? 0) ^ (1 << (i % 8))))
  expect(texts.map((bytes) => read(native, bytes))).toEqual(texts.map((bytes) => read(portable, bytes)))
})

test('native code that is not there, is something else, or takes anything is not used', () => {
  const missing = (): never => {
    throw new Error('Cannot find module\nRequire stack')
  }
  expect(findBlsCheck(missing)).toMatchObject({ name: 'portable', reason: 'Cannot find module' })
  expect(findBlsCheck(() => ({ verify: true }))).toMatchObject({
    name: 'portable',
    reason: 'the package @chainsafe/blst is another than expected',
  })
  const reason = 'the native code is wrong about known signatures'
  expect(findBlsCheck(() => ({ ...blst, verify: () => true }))).toMatchObject({ name: 'portable', reason })
  expect(findBlsCheck(() => ({ ...blst, verify: () => false }))).toMatchObject({ name: 'portable', reason })
})

function swapped(one: Signer, two: Signer): readonly Signer[] {
  return [
    { key: one.key, signature: two.signature },
    { key: two.key, signature: one.signature },
  ]
}

/** The identity: a key and its negative, whose y is p - y. */
function cancelled({ key }: Signer): Hex {
  const prime = 0x1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaabn
  const y = BigInt(`0x${key.slice(2 + 128)}`)
  return sumOfKeys([key, `${key.slice(0, 2 + 128)}${(prime - y).toString(16).padStart(128, '0')}` as Hex])
}

/** Every way to spoil the 96 bytes. */
function malformed(good: Uint8Array): [string, Uint8Array][] {
  const first = good[0] ?? 0
  return [
    ['nothing', new Uint8Array()],
    ['95 bytes', good.subarray(0, 95)],
    ['97 bytes', Uint8Array.of(...good, 0)],
    ['an uncompressed point', hexToBytes(a.signature).subarray(0, 192)],
    ['a point without its flag', good.with(0, first & 0x7f)],
    ['a point that claims to be the identity', good.with(0, first | 0x40)],
    ['an identity with a sign', INFINITY.with(0, 0xe0)],
    ['an identity with something in it', INFINITY.with(95, 1)],
    ['a coordinate above the prime', good.slice().fill(0xff, 1, 48).with(0, 0x9f)],
    ['a point of the curve outside the subgroup', outside()],
  ]
}

/** x = (2, 0) or the next that is on the curve: the cofactor of G2 has 305 digits, so that it is outside the subgroup. */
function outside(): Uint8Array {
  for (let x = 1; x < 100; x += 1) {
    const bytes = new Uint8Array(96).with(95, x).with(0, 0x80)
    try {
      blst.Signature.fromBytes(bytes, false)
      return bytes
    } catch {
      continue
    }
  }
  throw new Error('Expected a point of the curve among a hundred, got none.')
}

function read(check: BlsCheck, bytes: Uint8Array): string {
  try {
    return check.expand(bytes)
  } catch (error) {
    return error instanceof Error ? error.name : 'something else'
  }
}

test('the portable check is the one that contracts agree with', () => {
  expect(portableBlsCheck('').areSigned).toBe(areBlsSigned)
})
