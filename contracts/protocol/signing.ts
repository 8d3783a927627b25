import { secp256k1 } from '@noble/curves/secp256k1.js'
import { keccak_256 } from '@noble/hashes/sha3.js'
import { bytesToHex, checksumAddress, hexToBytes, stringToBytes, type Address, type Hex } from 'viem'
import { CURVE_ORDER, readHexWord, readWord, WireError, WORD, writeHexWord, writeWord } from './wire.ts'

/** An ECDSA signature over secp256k1: low s, v 27 or 28. */
export type Signature = { readonly r: Hex; readonly s: Hex; readonly v: 27 | 28 }

/** Which registry on which chain signatures are for: the EIP-712 domain `Assize`, `1`, chain, registry. */
export type SigningDomain = { readonly chainId: number; readonly registry: Address }

const DOMAIN_TYPE_HASH = keccak_256(
  stringToBytes('EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)'),
)
const NAME_HASH = keccak_256(stringToBytes('Assize'))
const VERSION_HASH = keccak_256(stringToBytes('1'))

/** The domain as viem's `signTypedData` wants it. */
export function typedDataDomain({ chainId, registry }: SigningDomain) {
  return { name: 'Assize', version: '1', chainId, verifyingContract: registry } as const
}

/** EIP-712's domain separator. */
export function domainSeparator(domain: SigningDomain): Hex {
  return bytesToHex(domainSeparatorBytes(domain))
}

/** `keccak256(0x1901 ‖ domainSeparator ‖ structHash)`. */
export function eip712Digest(domain: SigningDomain, structHash: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(2 + 2 * WORD)
  bytes.set([0x19, 0x01])
  bytes.set(domainSeparatorBytes(domain), 2)
  bytes.set(structHash, 2 + WORD)
  return keccak_256(bytes)
}

/**
 * Recovers the public key whose signature of `digest` is r ‖ s, 64 bytes, with the y of r's point odd if `parity` is 1: 65
 * bytes, uncompressed. Throws if no key can have signed so.
 */
export type KeyRecovery = (digest: Uint8Array, compact: Uint8Array, parity: 0 | 1) => Uint8Array

/** {@link KeyRecovery} anywhere that JavaScript runs. */
export function recoverKey(digest: Uint8Array, compact: Uint8Array, parity: 0 | 1): Uint8Array {
  const signature = secp256k1.Signature.fromBytes(compact, 'compact').addRecoveryBit(parity)
  return signature.recoverPublicKey(digest).toBytes(false)
}

/** The address whose key signed `digest` for the fixing. Throws {@link UnrecoverableSignatureError} if no key can have. */
export function recoverSigner(
  digest: Uint8Array,
  signed: { readonly fixingId: Hex; readonly signature: Signature },
  recover: KeyRecovery = recoverKey,
): Address {
  const { r, s, v } = signed.signature
  const compact = new Uint8Array(2 * WORD)
  writeHexWord(compact, 0, r)
  writeHexWord(compact, WORD, s)
  try {
    return addressOfKey(recover(digest, compact, v === 27 ? 0 : 1))
  } catch (cause) {
    throw new UnrecoverableSignatureError(signed, cause)
  }
}

/** Power of two: several times the reporters that a registry holds, so that few share a place. */
const PLACES = 4_096
/** Addresses of keys that were seen, each at the place that its last bits say: the same reporters sign again and again. */
const seen = new Map<number, { readonly key: Uint8Array; readonly address: Address }>()

/** The last 20 bytes of the hash of an uncompressed key's coordinates, with its checksum. */
export function addressOfKey(key: Uint8Array): Address {
  const place = (((key[63] ?? 0) << 8) | (key[64] ?? 0)) % PLACES
  const known = seen.get(place)
  if (known !== undefined && isEqual(known.key, key)) return known.address
  const address = checksumAddress(bytesToHex(keccak_256(key.subarray(1)).subarray(12)))
  seen.set(place, { key: Uint8Array.from(key), address })
  return address
}

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i += 1) if (a[i] !== b[i]) return false
  return true
}

/** Splits the 65 bytes r ‖ s ‖ v of a wallet's signature. Throws {@link WireError} unless canonical. */
export function signatureOf(signature: Hex): Signature {
  if (signature.length !== 2 + 2 * (2 * WORD + 1)) {
    throw new WireError('length', '65 bytes of signature as hex', `${signature.length} characters`)
  }
  const bytes = hexToBytes(signature)
  return readSignature(bytes, 0)
}

/** Writes r ‖ s ‖ v, unchecked: {@link readSignature} says whether they are canonical. Throws WordFormatError. */
export function writeSignature(bytes: Uint8Array, offset: number, { r, s, v }: Signature): void {
  writeHexWord(bytes, offset, r)
  writeHexWord(bytes, offset + WORD, s)
  bytes[offset + 2 * WORD] = v
}

/** Reads r ‖ s ‖ v. Throws {@link WireError} unless both are in range, s is low, and v is 27 or 28. */
export function readSignature(bytes: Uint8Array, offset: number): Signature {
  const r = readWord(bytes, offset)
  const s = readWord(bytes, offset + WORD)
  const v = bytes[offset + 2 * WORD]
  if (r === 0n || r >= CURVE_ORDER) throw new WireError('signature-range', 'r in 1 .. n - 1', 'one outside')
  if (s === 0n || s >= CURVE_ORDER) throw new WireError('signature-range', 's in 1 .. n - 1', 'one outside')
  if (s > CURVE_ORDER / 2n) throw new WireError('high-s', 's of at most n / 2', 'its malleable twin')
  if (v !== 27 && v !== 28) throw new WireError('v', 'v of 27 or 28', `${v}`)
  return { r: readHexWord(bytes, offset), s: readHexWord(bytes, offset + WORD), v }
}

/** Whether {@link readSignature} would take it: r and s are in range, s is low, and v is 27 or 28. */
export function isCanonical(signature: Signature): boolean {
  const bytes = new Uint8Array(2 * WORD + 1)
  try {
    writeSignature(bytes, 0, signature)
    readSignature(bytes, 0)
    return true
  } catch {
    return false
  }
}

/** The last separator asked for: a node verifies thousands of observations of one domain. Keyed by what it is made of. */
let latest = { chainId: 0, registry: '', separator: new Uint8Array() }

function domainSeparatorBytes({ chainId, registry }: SigningDomain): Uint8Array {
  if (latest.chainId !== chainId || latest.registry !== registry) {
    latest = { chainId, registry, separator: hashDomain(chainId, registry) }
  }
  return latest.separator
}

function hashDomain(chainId: number, registry: Address): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(5 * WORD)
  bytes.set(DOMAIN_TYPE_HASH)
  bytes.set(NAME_HASH, WORD)
  bytes.set(VERSION_HASH, 2 * WORD)
  writeWord(bytes, 3 * WORD, BigInt(chainId), 256)
  writeWord(bytes, 4 * WORD, BigInt(registry), 160)
  return keccak_256(bytes)
}

/** A signature in range that belongs to no public key. */
export class UnrecoverableSignatureError extends Error {
  override readonly name = 'Signing.UnrecoverableSignatureError'
  readonly fixingId: Hex

  constructor({ fixingId }: { readonly fixingId: Hex }, cause: unknown) {
    super(`Expected a signature of some key over fixing ${fixingId}, got one of none. Drop the message.`, { cause })
    this.fixingId = fixingId
  }
}
