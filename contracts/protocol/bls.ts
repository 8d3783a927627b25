import { bls12_381 } from '@noble/curves/bls12-381.js'
import { bytesToHex, concat, hexToBytes, type Hex, keccak256, numberToHex, slice, stringToBytes } from 'viem'

/** A key or a sum of keys: a point of G1 as EIP-2537 encodes it, 128 bytes, the identity all zero. */
export type BlsKey = Hex

/** A signature or a sum of signatures: a point of G2 as EIP-2537 encodes it, 256 bytes. */
export type BlsSignature = Hex

/** Tags that keep uses of one key apart: section 4.2.3 of the IETF's BLS draft. */
export const BLS_TAG = {
  signature: 'BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_',
  possession: 'BLS_POP_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_',
} as const

/** What a message is signed as. */
export type BlsUse = keyof typeof BLS_TAG

const { G1, G2, fields, longSignatures, pairingBatch } = bls12_381
const COORDINATE_BYTES = 64
const COMPRESSED_BYTES = 96

type G1Point = InstanceType<typeof G1.Point>
type G2Point = InstanceType<typeof G2.Point>

/** The public key of a secret scalar, 32 bytes, 1 .. r - 1. */
export function blsKey(secret: Uint8Array): BlsKey {
  return encodeG1(longSignatures.getPublicKey(secret))
}

/** Signs `message`, a digest of 32 bytes, for `use`. */
export function blsSign(secret: Uint8Array, message: Hex, use: BlsUse): BlsSignature {
  return encodeG2(longSignatures.sign(hashed(message, use), secret))
}

/**
 * Whether `signature` is `key`'s over `message` for `use`. False for the identity as key. Throws {@link BlsPointError}
 * for encodings that are no points of the subgroups.
 */
export function isBlsSigned(key: BlsKey, message: Hex, use: BlsUse, signature: BlsSignature): boolean {
  const keyPoint = decodeG1(key)
  if (keyPoint.is0()) return false
  const signaturePoint = decodeG2(signature)
  if (signaturePoint.is0()) return false
  return isPaired(keyPoint, message, use, signaturePoint)
}

/** One signer's part of a signature that many make. */
export type BlsPartial = { readonly key: BlsKey; readonly signature: BlsSignature }

/**
 * Whether every one of `partials` is its key's signature of `message` for `use`, at the cost of one check and a little
 * for each. Each is weighted by a number that depends on all of them, so that faults cannot cancel. Throws
 * {@link BlsPointError} for encodings that are no points of the subgroups.
 */
export function areBlsSigned(partials: readonly BlsPartial[], message: Hex, use: BlsUse): boolean {
  const seed = concat(partials.flatMap(({ key, signature }) => [key, signature]))
  let keys = G1.Point.ZERO
  let signatures = G2.Point.ZERO
  for (const [i, { key, signature }] of partials.entries()) {
    const [keyPoint, signaturePoint] = [decodeG1(key), decodeG2(signature)]
    if (keyPoint.is0() || signaturePoint.is0()) return false
    const weight = weightOf(seed, i)
    keys = keys.add(keyPoint.multiplyUnsafe(weight))
    signatures = signatures.add(signaturePoint.multiplyUnsafe(weight))
  }
  return isPaired(keys, message, use, signatures)
}

/** The sum of keys, whose owners' signatures of one message add up to its signature. */
export function sumOfKeys(keys: readonly BlsKey[]): BlsKey {
  return encodeG1(keys.reduce((sum, key) => sum.add(decodeG1(key)), G1.Point.ZERO))
}

/** The sum of signatures of one message. */
export function sumOfSignatures(signatures: readonly BlsSignature[]): BlsSignature {
  return encodeG2(signatures.reduce((sum, signature) => sum.add(decodeG2(signature)), G2.Point.ZERO))
}

/** The 96 bytes in which a signature travels: x with flags, as zcash and the IETF's draft write points. */
export function compressSignature(signature: BlsSignature): Uint8Array {
  return decodeG2(signature).toBytes(true)
}

/** What {@link compressSignature} wrote; one encoding per point. Throws {@link BlsPointError} for anything else. */
export function expandSignature(bytes: Uint8Array): BlsSignature {
  return encodeG2(
    checked(bytesToHex(bytes), () => {
      if (bytes.length !== COMPRESSED_BYTES) throw new RangeError(`${bytes.length} bytes`)
      return G2.Point.fromBytes(bytes)
    }),
  )
}

/** RFC 9380's hash_to_curve to G2, with any tag. */
export function hashToG2(message: Uint8Array, tag: string): BlsSignature {
  return encodeG2(longSignatures.hash(message, stringToBytes(tag)))
}

/** e(key, H(message)) == e(G1, signature). Keys that cancel to the identity sign nothing. */
function isPaired(key: G1Point, message: Hex, use: BlsUse, signature: G2Point): boolean {
  if (key.is0() || signature.is0()) return false
  const product = pairingBatch([
    { g1: key, g2: hashed(message, use) },
    { g1: G1.Point.BASE.negate(), g2: signature },
  ])
  return fields.Fp12.eql(product, fields.Fp12.ONE)
}

/** 64 bits that nobody can choose: whoever changes a partial changes the weights of all. Never 0. */
function weightOf(seed: Hex, i: number): bigint {
  return BigInt(slice(keccak256(concat([seed, numberToHex(i, { size: 4 })])), 0, 8)) | 1n
}

/** The last message that was hashed: a report's digest is signed once and verified for every other reporter. */
let latest: { readonly message: Hex; readonly use: BlsUse; readonly point: G2Point } | undefined

function hashed(message: Hex, use: BlsUse): G2Point {
  if (latest?.message !== message || latest.use !== use) {
    latest = { message, use, point: longSignatures.hash(hexToBytes(message), stringToBytes(BLS_TAG[use])) }
  }
  return latest.point
}

function encodeG1(point: G1Point): BlsKey {
  if (point.is0()) return numberToHex(0n, { size: 2 * COORDINATE_BYTES })
  const { x, y } = point.toAffine()
  return concat([coordinate(x), coordinate(y)])
}

function encodeG2(point: G2Point): BlsSignature {
  if (point.is0()) return numberToHex(0n, { size: 4 * COORDINATE_BYTES })
  const { x, y } = point.toAffine()
  return concat([coordinate(x.c0), coordinate(x.c1), coordinate(y.c0), coordinate(y.c1)])
}

function coordinate(value: bigint): Hex {
  return numberToHex(value, { size: COORDINATE_BYTES })
}

function decodeG1(key: BlsKey): G1Point {
  return checked(key, () => {
    const [x = 0n, y = 0n] = coordinates(key, 2)
    return x === 0n && y === 0n ? G1.Point.ZERO : G1.Point.fromAffine({ x, y })
  })
}

function decodeG2(signature: BlsSignature): G2Point {
  return checked(signature, () => {
    const [xc0 = 0n, xc1 = 0n, yc0 = 0n, yc1 = 0n] = coordinates(signature, 4)
    if ((xc0 | xc1 | yc0 | yc1) === 0n) return G2.Point.ZERO
    return G2.Point.fromAffine({ x: { c0: xc0, c1: xc1 }, y: { c0: yc0, c1: yc1 } })
  })
}

/** Coordinates below the field's prime, from exactly as many bytes as they have. */
function coordinates(encoded: Hex, count: number): bigint[] {
  const bytes = hexToBytes(encoded)
  if (bytes.length !== count * COORDINATE_BYTES) throw new RangeError(`${bytes.length} bytes`)
  return Array.from({ length: count }, (_, i) => {
    const value = BigInt(bytesToHex(bytes.subarray(i * COORDINATE_BYTES, (i + 1) * COORDINATE_BYTES)))
    if (value >= fields.Fp.ORDER) throw new RangeError('coordinate above the prime')
    return value
  })
}

function checked<Point extends { assertValidity(): void; is0(): boolean }>(encoded: Hex, decode: () => Point): Point {
  try {
    const point = decode()
    if (!point.is0()) point.assertValidity()
    return point
  } catch (cause) {
    throw new BlsPointError(encoded, cause)
  }
}

/** Bytes that encode no point of the right subgroup. */
export class BlsPointError extends Error {
  override readonly name = 'Bls.BlsPointError'
  readonly encoded: Hex

  constructor(encoded: Hex, cause: unknown) {
    super(`Expected a point of BLS12-381's subgroup as EIP-2537 encodes it, got ${encoded.slice(0, 34)}….`, { cause })
    this.encoded = encoded
  }
}
