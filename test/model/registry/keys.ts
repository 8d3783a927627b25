import { SecretKey } from '@chainsafe/blst'
import { bls12_381 } from '@noble/curves/bls12-381.js'
import { type Address, type Hex, toBytes, toHex } from 'viem'
import { type Account, signDigest } from '../accounts.ts'
import { word } from '../terms.ts'
import type { BlsSigned, Secret, Signed } from './action.ts'

/** The order of the groups of BLS12-381: secrets count modulo it. */
export const BLS_ORDER = bls12_381.fields.Fr.ORDER
const POSSESSION_TAG = 'BLS_POP_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_'
/** x = y = 1 is not on the curve of either group, as EIP-2537 encodes them. */
const NO_SIGNATURE: Hex = `0x${word(0n)}${word(1n)}`.concat(`${word(0n)}${word(1n)}`.repeat(3)) as Hex // concatenation

/** r, s and v of a signature over `digest`; 64 bytes if it is malformed, or of an account that cannot sign. */
export function signatureBytes(accounts: ReadonlyMap<Address, Account>, signed: Signed): Hex {
  const account = signed === 'malformed' ? undefined : accounts.get(signed.by)
  if (signed === 'malformed' || account === undefined) return `0x${'11'.repeat(64)}`
  return signDigest(account, signed.digest)
}

const keys = new Map<Secret, Hex>()
const signatures = new Map<string, Hex>()

/** The key of a secret as EIP-2537 encodes it, 128 bytes. */
export function keyOf(secret: Secret): Hex {
  if (secret === 0n) return `0x${'00'.repeat(128)}`
  const known = keys.get(secret) ?? padded(secretKey(secret).toPublicKey().toBytes(false), [0, 1])
  keys.set(secret, known)
  return known
}

/** The signature as EIP-2537 encodes it, 256 bytes. */
export function blsBytes(signed: BlsSigned): Hex {
  if (signed === 'no point') return NO_SIGNATURE
  const secret = sumOf(signed.secrets)
  if (secret === 0n) return `0x${'00'.repeat(256)}`
  const name = `${secret}/${signed.digest}/${signed.use}`
  const known = signatures.get(name) ?? sign(secret, signed)
  signatures.set(name, known)
  return known
}

/** The secret whose signature is the sum of those of `secrets`. */
export function sumOf(secrets: readonly Secret[]): Secret {
  return secrets.reduce((sum, secret) => sum + secret, 0n) % BLS_ORDER
}

function sign(secret: Secret, { digest, use }: Exclude<BlsSigned, string>): Hex {
  if (use === 'signature') return padded(secretKey(secret).sign(toBytes(digest)).toBytes(false), [1, 0, 3, 2])
  const { longSignatures } = bls12_381
  const point = longSignatures.sign(longSignatures.hash(toBytes(digest), toBytes(POSSESSION_TAG)), bytesOf(secret))
  return padded(point.toBytes(false), [1, 0, 3, 2])
}

/** Coordinates of 48 bytes in `order`, each filled up to 64. */
function padded(bytes: Uint8Array, order: readonly number[]): Hex {
  const digits = toHex(bytes).slice(2)
  return `0x${order.map((at) => '0'.repeat(32) + digits.slice(96 * at, 96 * (at + 1))).join('')}`
}

function secretKey(secret: Secret): SecretKey {
  return SecretKey.fromBytes(bytesOf(secret))
}

function bytesOf(secret: Secret): Uint8Array {
  return toBytes(`0x${word(secret)}`)
}
