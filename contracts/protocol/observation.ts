import { secp256k1 } from '@noble/curves/secp256k1.js'
import { keccak_256 } from '@noble/hashes/sha3.js'
import { bytesToHex, checksumAddress, hexToBytes, stringToBytes, type Address, type Hex } from 'viem'
import {
  CURVE_ORDER,
  readHexWord,
  readUint,
  readWord,
  requireHeader,
  WireError,
  WORD,
  writeHeader,
  writeHexWord,
  writeWord,
} from './wire.ts'

/** One reporter's view of one fixing. */
export type Observation = {
  readonly fixingId: Hex
  /** Scaled by 1e18, uint128, > 0. */
  readonly value: bigint
  /** When it was observed, Unix seconds, uint64. */
  readonly observedAt: bigint
  /** Merkle root of the raw samples, so that anyone can check why two observations differ. */
  readonly sourcesRoot: Hex
}

/** An ECDSA signature over secp256k1: low s, v 27 or 28. */
export type ObservationSignature = { readonly r: Hex; readonly s: Hex; readonly v: 27 | 28 }

/** An observation with its reporter's signature: what is gossiped, stored and merkled. */
export type SignedObservation = Observation & { readonly signature: ObservationSignature }

/** Which registry on which chain signatures are for: the EIP-712 domain `Assize`, `1`, chain, registry. */
export type SigningDomain = { readonly chainId: number; readonly registry: Address }

/** The EIP-712 types for `signTypedData`, primary type `Observation`. */
export const OBSERVATION_TYPES = {
  Observation: [
    { name: 'fixingId', type: 'bytes32' },
    { name: 'value', type: 'uint128' },
    { name: 'observedAt', type: 'uint64' },
    { name: 'sourcesRoot', type: 'bytes32' },
  ],
} as const

/** Exact length of an observation on the wire: version, kind, four words, r, s, v. */
export const OBSERVATION_BYTES = 2 + 4 * WORD + 2 * WORD + 1

/** Where r ‖ s ‖ v begins in it. */
export const SIGNATURE_AT = 2 + 4 * WORD

const OBSERVATION_TYPE_HASH = keccak_256(
  stringToBytes('Observation(bytes32 fixingId,uint128 value,uint64 observedAt,bytes32 sourcesRoot)'),
)
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

/** EIP-712's `hashStruct`: of the type hash and the four words. */
export function observationStructHash(observation: Observation): Hex {
  return bytesToHex(structHashBytes(observation))
}

/** What a reporter signs. Equal to viem's `hashTypedData` and several times as fast: written out word by word. */
export function observationDigest(domain: SigningDomain, observation: Observation): Hex {
  return bytesToHex(eip712Digest(domain, structHashBytes(observation)))
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
 * The canonical bytes: version, kind, the four words of the struct, r, s, v. Throws `WordRangeError` for a number that is too
 * large, and {@link WireError} for whatever else {@link decodeObservation} would refuse.
 */
export function encodeObservation(signed: SignedObservation): Uint8Array {
  const bytes = new Uint8Array(OBSERVATION_BYTES)
  writeHeader(bytes, 'observation')
  writeObservation(bytes, 2, signed)
  writeSignature(bytes, SIGNATURE_AT, signed.signature)
  decodeObservation(bytes)
  return bytes
}

/**
 * Reads canonical bytes: exact length, no dirty high bits, value > 0, r and s in range, s low, v 27 or 28; so that
 * `encode(decode(x)) == x` and nobody but the signer can make a second encoding. Does not check who signed.
 * Throws {@link WireError} with a code.
 */
export function decodeObservation(bytes: Uint8Array): SignedObservation {
  requireHeader(bytes, 'observation', OBSERVATION_BYTES)
  const value = readUint(bytes, 2 + WORD, 128)
  if (value === 0n) throw new WireError('zero-value', 'a value above 0', '0')
  const observedAt = readUint(bytes, 2 + 2 * WORD, 64)
  return {
    fixingId: readHexWord(bytes, 2),
    value,
    observedAt,
    sourcesRoot: readHexWord(bytes, 2 + 3 * WORD),
    signature: readSignature(bytes, SIGNATURE_AT),
  }
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

/** The address whose key signed. Throws {@link UnrecoverableSignatureError} if no key can have. */
export function recoverObservationSigner(
  domain: SigningDomain,
  signed: SignedObservation,
  recover: KeyRecovery = recoverKey,
): Address {
  return recoverSigner(eip712Digest(domain, structHashBytes(signed)), signed, recover)
}

/**
 * The same of canonical bytes, which {@link decodeObservation} has accepted: the words that are hashed are in them already.
 * Throws {@link UnrecoverableSignatureError} if no key can have signed.
 */
export function recoverWireSigner(
  domain: SigningDomain,
  bytes: Uint8Array,
  recover: KeyRecovery = recoverKey,
): Address {
  const struct = new Uint8Array(5 * WORD)
  struct.set(OBSERVATION_TYPE_HASH)
  struct.set(bytes.subarray(2, SIGNATURE_AT), WORD)
  const digest = eip712Digest(domain, keccak_256(struct))
  try {
    const compact = bytes.subarray(SIGNATURE_AT, SIGNATURE_AT + 2 * WORD)
    return addressOf(recover(digest, compact, bytes[SIGNATURE_AT + 2 * WORD] === 27 ? 0 : 1))
  } catch (cause) {
    throw new UnrecoverableSignatureError({ fixingId: readHexWord(bytes, 2) }, cause)
  }
}

/** The address whose key signed `digest` for the fixing. Throws {@link UnrecoverableSignatureError} if no key can have. */
export function recoverSigner(
  digest: Uint8Array,
  signed: Pick<SignedObservation, 'fixingId' | 'signature'>,
  recover: KeyRecovery = recoverKey,
): Address {
  const { r, s, v } = signed.signature
  const compact = new Uint8Array(2 * WORD)
  writeHexWord(compact, 0, r)
  writeHexWord(compact, WORD, s)
  try {
    return addressOf(recover(digest, compact, v === 27 ? 0 : 1))
  } catch (cause) {
    throw new UnrecoverableSignatureError(signed, cause)
  }
}

/** Power of two: several times the reporters that a registry holds, so that few share a place. */
const PLACES = 4_096
/** Addresses of keys that were seen, each at the place that its last bits say: the same reporters sign again and again. */
const seen = new Map<number, { readonly key: Uint8Array; readonly address: Address }>()

/** The last 20 bytes of the hash of an uncompressed key's coordinates, with its checksum. */
function addressOf(key: Uint8Array): Address {
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

/** Whether two observations say the same; signatures are not compared. Two that differ by one reporter equivocate. */
export function sameObservation(a: Observation, b: Observation): boolean {
  return (
    a.value === b.value &&
    a.observedAt === b.observedAt &&
    a.fixingId.toLowerCase() === b.fixingId.toLowerCase() &&
    a.sourcesRoot.toLowerCase() === b.sourcesRoot.toLowerCase()
  )
}

/** Splits the 65 bytes r ‖ s ‖ v of a wallet's signature. Throws {@link WireError} unless canonical. */
export function observationSignature(signature: Hex): ObservationSignature {
  if (signature.length !== 2 + 2 * (2 * WORD + 1)) {
    throw new WireError('length', '65 bytes of signature as hex', `${signature.length} characters`)
  }
  const bytes = hexToBytes(signature)
  return readSignature(bytes, 0)
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

function structHashBytes(observation: Observation): Uint8Array {
  const bytes = new Uint8Array(5 * WORD)
  bytes.set(OBSERVATION_TYPE_HASH)
  writeObservation(bytes, WORD, observation)
  return keccak_256(bytes)
}

function writeObservation(bytes: Uint8Array, offset: number, observation: Observation): void {
  writeHexWord(bytes, offset, observation.fixingId)
  writeWord(bytes, offset + WORD, observation.value, 128)
  writeWord(bytes, offset + 2 * WORD, observation.observedAt, 64)
  writeHexWord(bytes, offset + 3 * WORD, observation.sourcesRoot)
}

/** Writes r ‖ s ‖ v, unchecked: {@link readSignature} says whether they are canonical. Throws WordFormatError. */
export function writeSignature(bytes: Uint8Array, offset: number, { r, s, v }: ObservationSignature): void {
  writeHexWord(bytes, offset, r)
  writeHexWord(bytes, offset + WORD, s)
  bytes[offset + 2 * WORD] = v
}

/** Reads r ‖ s ‖ v. Throws {@link WireError} unless both are in range, s is low, and v is 27 or 28. */
export function readSignature(bytes: Uint8Array, offset: number): ObservationSignature {
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
export function isCanonical(signature: ObservationSignature): boolean {
  const bytes = new Uint8Array(2 * WORD + 1)
  try {
    writeSignature(bytes, 0, signature)
    readSignature(bytes, 0)
    return true
  } catch {
    return false
  }
}

/** A signature in range that belongs to no public key. */
export class UnrecoverableSignatureError extends Error {
  override readonly name = 'Observation.UnrecoverableSignatureError'
  readonly fixingId: Hex

  constructor({ fixingId }: Pick<Observation, 'fixingId'>, cause: unknown) {
    super(`Expected a signature of some key over fixing ${fixingId}, got one of none. Drop the message.`, { cause })
    this.fixingId = fixingId
  }
}
