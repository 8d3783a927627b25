import { keccak_256 } from '@noble/hashes/sha3.js'
import { bytesToHex, hexToBytes, stringToBytes, type Address, type Hex } from 'viem'
import {
  eip712Digest,
  type KeyRecovery,
  type Signature,
  readSignature,
  recoverSigner,
  type SigningDomain,
  writeSignature,
} from './signing.ts'
import {
  readAddress,
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

/** What a reporter says of itself before a maturity. Nobody is slashed for it. */
export type Presence = {
  readonly fixingId: Hex
  /** The signer of the reporter that says it. */
  readonly reporter: Address
  /** When it was said, Unix seconds by the reporter's clock, uint64. */
  readonly sentAt: bigint
  /** How far the reporter's clock is behind the chain's, seconds; negative if it is ahead. int32. */
  readonly clockOffset: number
  /** Peers in its mesh of the observation topic, uint16. */
  readonly meshPeers: number
  /** Sources of the index that answer it, uint16. */
  readonly sourcesReady: number
}

/** A presence with its reporter's signature. */
export type SignedPresence = Presence & { readonly signature: Signature }

/** The first and the last call for who is there. */
export type PresenceCall = 0 | 1

/** How long before the maturity each call opens, seconds. It is open until the next, or until the maturity. */
export const CALL_SECONDS: readonly [first: bigint, last: bigint] = [600n, 60n]

/** Exact length of a presence: version, kind, six words, r, s, v. */
export const PRESENCE_BYTES = 2 + 6 * WORD + 2 * WORD + 1

/** The EIP-712 types of a presence, primary type `Presence`; the domain is that of observations. */
export const PRESENCE_TYPES = {
  Presence: [
    { name: 'fixingId', type: 'bytes32' },
    { name: 'reporter', type: 'address' },
    { name: 'sentAt', type: 'uint64' },
    { name: 'clockOffset', type: 'int32' },
    { name: 'meshPeers', type: 'uint16' },
    { name: 'sourcesReady', type: 'uint16' },
  ],
} as const

const PRESENCE_TYPE_HASH = keccak_256(
  stringToBytes(
    'Presence(bytes32 fixingId,address reporter,uint64 sentAt,int32 clockOffset,uint16 meshPeers,uint16 sourcesReady)',
  ),
)

/** The call of a maturity that is open at `time`, both Unix seconds; undefined if none is. */
export function callAt(maturity: bigint, time: bigint): PresenceCall | undefined {
  const [first, last] = CALL_SECONDS
  if (time < maturity - first || time >= maturity) return undefined
  return time < maturity - last ? 0 : 1
}

/** What the reporter signs by ECDSA. Throws WordRangeError, WordFormatError. */
export function presenceDigest(domain: SigningDomain, presence: Presence): Hex {
  return bytesToHex(digestBytes(domain, presence))
}

/** Who signed the presence. Throws UnrecoverableSignatureError if no key can have. */
export function recoverPresent(domain: SigningDomain, signed: SignedPresence, recover?: KeyRecovery): Address {
  return recoverSigner(digestBytes(domain, signed), signed, recover)
}

/** The canonical bytes. Throws WordRangeError, WordFormatError, and WireError for what {@link decodePresence} refuses. */
export function encodePresence(signed: SignedPresence): Uint8Array {
  const bytes = new Uint8Array(PRESENCE_BYTES)
  writeHeader(bytes, 'presence')
  writePresence(bytes, 2, signed)
  writeSignature(bytes, 2 + 6 * WORD, signed.signature)
  decodePresence(bytes)
  return bytes
}

/** Reads canonical bytes: one encoding per presence. Does not check who signed. Throws WireError with a code. */
export function decodePresence(bytes: Uint8Array): SignedPresence {
  requireHeader(bytes, 'presence', PRESENCE_BYTES)
  return {
    fixingId: readHexWord(bytes, 2),
    reporter: readAddress(bytes, 2 + WORD),
    sentAt: readUint(bytes, 2 + 2 * WORD, 64),
    clockOffset: readInt32(bytes, 2 + 3 * WORD),
    meshPeers: Number(readUint(bytes, 2 + 4 * WORD, 16)),
    sourcesReady: Number(readUint(bytes, 2 + 5 * WORD, 16)),
    signature: readSignature(bytes, 2 + 6 * WORD),
  }
}

/** Reads a signed word, sign-extended as the ABI does. Throws WireError for any other high bits. */
function readInt32(bytes: Uint8Array, offset: number): number {
  const value = BigInt.asIntN(256, readWord(bytes, offset))
  if (BigInt.asIntN(32, value) !== value) throw new WireError('dirty-bits', 'a signed number of 32 bits', 'more')
  return Number(value)
}

function digestBytes(domain: SigningDomain, presence: Presence): Uint8Array {
  const bytes = new Uint8Array(7 * WORD)
  bytes.set(PRESENCE_TYPE_HASH)
  writePresence(bytes, WORD, presence)
  return eip712Digest(domain, keccak_256(bytes))
}

function writePresence(bytes: Uint8Array, offset: number, presence: Presence): void {
  writeHexWord(bytes, offset, presence.fixingId)
  bytes.set(hexToBytes(presence.reporter, { size: 20 }), offset + 2 * WORD - 20)
  writeWord(bytes, offset + 2 * WORD, presence.sentAt, 64)
  writeWord(bytes, offset + 3 * WORD, BigInt.asUintN(256, BigInt(presence.clockOffset)), 256)
  writeWord(bytes, offset + 4 * WORD, BigInt(presence.meshPeers), 16)
  writeWord(bytes, offset + 5 * WORD, BigInt(presence.sourcesReady), 16)
}
