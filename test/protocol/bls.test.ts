import { aggregatePublicKeys, aggregateSignatures, SecretKey } from '@chainsafe/blst'
import { bls12_381 } from '@noble/curves/bls12-381.js'
import { fc, test as fuzz } from '@fast-check/vitest'
import { bytesToHex, concat, hexToBytes, hexToString, numberToHex, slice, type Hex } from 'viem'
import { describe, expect, test } from 'vitest'
import {
  BlsPointError,
  blsKey,
  type BlsSignature,
  blsSign,
  hashToG2,
  isBlsSigned,
  sumOfKeys,
  sumOfSignatures,
} from '#protocol/bls.ts'
import { readVectors } from './vectors.ts'

type Signed = { readonly key: Hex; readonly message: Hex; readonly secret: Hex; readonly signature: Hex }

const HASHES = readVectors<{ message: Hex; point: Hex; tag: Hex }>('bls', 'hashes')
const SIGNATURES = readVectors<Signed>('bls', 'signatures')
const SUMS = readVectors<Omit<Signed, 'secret'> & { count: Hex }>('bls', 'sums')
const KEYS = readVectors<{ key: Hex }>('bls', 'keys').map(({ key }) => key)

const PRIME = bls12_381.fields.Fp.ORDER
const IDENTITY_KEY: Hex = `0x${'00'.repeat(128)}`
const IDENTITY_SIGNATURE: Hex = `0x${'00'.repeat(256)}`
const [SAMPLE] = SIGNATURES
if (SAMPLE === undefined) throw new Error('a signature')

/** EIP-2537's encoding from blst's uncompressed one, whose elements of Fp2 have c1 first. */
function encoded(bytes: Uint8Array): Hex {
  const parts = Array.from({ length: bytes.length / 48 }, (_, i) => bytesToHex(bytes.subarray(48 * i, 48 * (i + 1))))
  const [a, b, c, d] = parts
  const ordered = parts.length === 2 ? parts : [b, a, d, c]
  return concat(ordered.map((part) => concat([`0x${'00'.repeat(16)}`, part ?? '0x'])))
}

describe('BLS12-381', () => {
  test.each(HASHES)('R-402 hashes to the curve as RFC 9380: $message', ({ message, point, tag }) => {
    expect(hashToG2(hexToBytes(message), hexToString(tag))).toBe(point)
  })

  test.each(SIGNATURES)('R-402 key and signature are those of blst: $secret', ({ key, message, secret, signature }) => {
    expect(blsKey(hexToBytes(secret))).toBe(key)
    expect(blsSign(hexToBytes(secret), message, 'signature')).toBe(signature)
    expect(isBlsSigned(key, message, 'signature', signature)).toBe(true)
    expect(isBlsSigned(key, message, 'possession', signature)).toBe(false)
  })

  test.each(SUMS)(
    'R-402 the sum of $count keys and signatures is that of blst',
    ({ count, key, message, signature }) => {
      expect(sumOfKeys(KEYS.slice(0, Number(BigInt(count))))).toBe(key)
      expect(isBlsSigned(key, message, 'signature', signature)).toBe(true)
    },
  )

  const seeds = fc.array(fc.uint8Array({ minLength: 32, maxLength: 32 }), { minLength: 1, maxLength: 4 })
  fuzz.prop([seeds, fc.uint8Array({ minLength: 32, maxLength: 32 })], { numRuns: 20 })(
    'R-402 keys, signatures and sums of any keys are those of blst',
    (materials, message) => {
      const secrets = materials.map((material) => SecretKey.fromKeygen(material))
      const partials = secrets.map((secret) => blsSign(secret.toBytes(), bytesToHex(message), 'signature'))
      const theirs = secrets.map((secret) => secret.sign(message))
      expect(partials).toEqual(theirs.map((one) => encoded(one.toBytes(false))))
      const key = sumOfKeys(secrets.map((secret) => blsKey(secret.toBytes())))
      expect(key).toBe(encoded(aggregatePublicKeys(secrets.map((secret) => secret.toPublicKey())).toBytes(false)))
      const signature = sumOfSignatures(partials)
      expect(signature).toBe(encoded(aggregateSignatures(theirs).toBytes(false)))
      expect(isBlsSigned(key, bytesToHex(message), 'signature', signature)).toBe(true)
    },
  )
})

/** The sample with the coordinate at `place` replaced. */
function withCoordinate(point: Hex, place: number, value: bigint): Hex {
  const bytes = hexToBytes(point)
  bytes.set(hexToBytes(numberToHex(value, { size: 64 })), 64 * place)
  return bytesToHex(bytes)
}

function coordinateOf(point: Hex, place: number): bigint {
  return BigInt(slice(point, 64 * place, 64 * (place + 1)))
}

/** A point of the curve of G2 that is not in the subgroup: of the first x = (n, 0) that has one. */
function strangerOfG2(): BlsSignature {
  const { Fp2 } = bls12_381.fields
  for (let n = 1n; ; n += 1n) {
    const x = Fp2.fromBigTuple([n, 0n])
    const right = Fp2.add(Fp2.mul(Fp2.sqr(x), x), Fp2.fromBigTuple([4n, 4n]))
    try {
      const y = Fp2.sqrt(right)
      return concat([x.c0, x.c1, y.c0, y.c1].map((value) => numberToHex(value, { size: 64 })))
    } catch {
      continue
    }
  }
}

describe('BLS12-381', () => {
  const { key, message, signature } = SAMPLE
  const keyFaults: readonly (readonly [string, Hex])[] = [
    ['127 bytes', slice(key, 0, 127)],
    ['129 bytes', concat([key, '0x00'])],
    ['a signature', signature],
    ['a point beside the curve', withCoordinate(key, 1, coordinateOf(key, 1) ^ 1n)],
    ['a coordinate that is the prime', withCoordinate(withCoordinate(key, 0, PRIME), 1, 2n)],
    ['a coordinate beyond the prime', withCoordinate(key, 0, coordinateOf(key, 0) + PRIME)],
    // x = 0: y^2 = 4.
    ['a point of order 3', withCoordinate(withCoordinate(key, 0, 0n), 1, 2n)],
  ]
  test.each(keyFaults)('R-403 refuses as a key: %s', (_, fault) => {
    expect(() => isBlsSigned(fault, message, 'signature', signature)).toThrow(BlsPointError)
    expect(() => sumOfKeys([key, fault])).toThrow(BlsPointError)
  })

  const signatureFaults: readonly (readonly [string, Hex])[] = [
    ['255 bytes', slice(signature, 0, 255)],
    ['257 bytes', concat([signature, '0x00'])],
    ['a key', key],
    ['a point beside the curve', withCoordinate(signature, 3, coordinateOf(signature, 3) ^ 1n)],
    ['a coordinate beyond the prime', withCoordinate(signature, 2, coordinateOf(signature, 2) + PRIME)],
    ['a point outside the subgroup', strangerOfG2()],
  ]
  test.each(signatureFaults)('R-403 refuses as a signature: %s', (_, fault) => {
    expect(() => isBlsSigned(key, message, 'signature', fault)).toThrow(BlsPointError)
    expect(() => sumOfSignatures([signature, fault])).toThrow(BlsPointError)
  })

  test('R-403 refuses the identity as a key, which would sign everything with the identity', () => {
    expect(isBlsSigned(IDENTITY_KEY, message, 'signature', IDENTITY_SIGNATURE)).toBe(false)
    expect(isBlsSigned(IDENTITY_KEY, message, 'signature', signature)).toBe(false)
    expect(isBlsSigned(key, message, 'signature', IDENTITY_SIGNATURE)).toBe(false)
  })

  test('R-403 refuses a signature of another key or message, and its negative', () => {
    const [, other] = SIGNATURES
    if (other === undefined) throw new Error('another signature')
    expect(isBlsSigned(other.key, message, 'signature', signature)).toBe(false)
    expect(isBlsSigned(key, other.message, 'signature', signature)).toBe(false)
    const negative = withCoordinate(
      withCoordinate(signature, 2, PRIME - coordinateOf(signature, 2)),
      3,
      PRIME - coordinateOf(signature, 3),
    )
    expect(isBlsSigned(key, message, 'signature', negative)).toBe(false)
  })
})
