import { keccak_256 } from '@noble/hashes/sha3.js'
import { bytesToHex, hexToBytes, stringToBytes, type Address, type Hex } from 'viem'
import { requireWhole } from './argument.ts'
import { compressSignature, expandSignature, type BlsSignature } from './bls.ts'
import {
  eip712Digest,
  type KeyRecovery,
  type Signature,
  readSignature,
  recoverSigner,
  type SigningDomain,
  writeSignature,
} from './signing.ts'
import { type Report, REPORT_TYPES } from './report.ts'
import {
  readAddress,
  readHexWord,
  readUint,
  requireHeader,
  WireError,
  WORD,
  writeHeader,
  writeHexWord,
  writeWord,
} from './wire.ts'

/** A proposer's call for signatures of its report, and whose observations the report is of. */
export type ReportRequest = {
  readonly report: Report
  /** Bit i: the observation of the reporter at place i of the roster is in the report. */
  readonly places: bigint
  /** 0 for the first request of a proposer for a fixing, below {@link REQUEST_ATTEMPTS}. */
  readonly attempt: number
}

/**
 * How often a proposer may ask for a fixing: once, and again without those who signed two observations, or one twice. What
 * it asks for under one number is signed only once.
 */
export const REQUEST_ATTEMPTS = 4
/** The last place that a word has a bit for. */
export const MAX_PLACE = 255
/** Bits of a number below it. */
const ATTEMPT_BITS = 2

/** A request with its proposer's signature. */
export type SignedRequest = ReportRequest & { readonly signature: Signature }

/** One reporter's signature of a report. */
export type PartialSignature = {
  readonly fixingId: Hex
  /** The report's EIP-712 digest: what was signed. */
  readonly digest: Hex
  /** The reporter's place in the roster, 0 .. 179. */
  readonly place: number
  readonly signature: BlsSignature
}

/** Exact length of a request: version, kind, seven words, r, s, v. */
export const REQUEST_BYTES = 2 + 7 * WORD + 2 * WORD + 1
/** Exact length of a partial signature: version, kind, two words, the place, a compressed point of G2. */
export const PARTIAL_BYTES = 2 + 2 * WORD + 1 + 96

/** The EIP-712 types of a request, primary type `ReportRequest`; the domain is that of observations. */
export const REQUEST_TYPES = {
  ReportRequest: [...REPORT_TYPES.Report, { name: 'places', type: 'uint256' }, { name: 'attempt', type: 'uint8' }],
} as const

const REQUEST_TYPE_HASH = keccak_256(
  stringToBytes(
    'ReportRequest(uint64 epoch,bytes32 fixingId,uint128 value,bytes32 observationsRoot,address proposer,uint256 places,uint8 attempt)',
  ),
)

/** What the proposer signs by ECDSA: the report's fields and the places, EIP-712 in the domain of observations. */
export function requestDigest(domain: SigningDomain, request: ReportRequest): Hex {
  return bytesToHex(requestDigestBytes(domain, request))
}

/** Who signed the request. Throws UnrecoverableSignatureError if no key can have. */
export function recoverRequester(domain: SigningDomain, request: SignedRequest, recover?: KeyRecovery): Address {
  const { fixingId } = request.report
  return recoverSigner(requestDigestBytes(domain, request), { fixingId, signature: request.signature }, recover)
}

/** The canonical bytes. Throws WordRangeError, WordFormatError, and WireError for what {@link decodeRequest} refuses. */
export function encodeRequest(request: SignedRequest): Uint8Array {
  const bytes = new Uint8Array(REQUEST_BYTES)
  writeHeader(bytes, 'request')
  writeRequest(bytes, 2, request)
  writeSignature(bytes, 2 + 7 * WORD, request.signature)
  decodeRequest(bytes)
  return bytes
}

/** Reads canonical bytes: one encoding per request. Does not check who signed. Throws WireError with a code. */
export function decodeRequest(bytes: Uint8Array): SignedRequest {
  requireHeader(bytes, 'request', REQUEST_BYTES)
  const epoch = readUint(bytes, 2, 64)
  const value = readUint(bytes, 2 + 2 * WORD, 128)
  if (value === 0n) throw new WireError('zero-value', 'a value above 0', '0')
  const proposer = readAddress(bytes, 2 + 4 * WORD)
  return {
    report: {
      epoch,
      fixingId: readHexWord(bytes, 2 + WORD),
      value,
      observationsRoot: readHexWord(bytes, 2 + 3 * WORD),
      proposer,
    },
    places: readUint(bytes, 2 + 5 * WORD, 256),
    attempt: Number(readUint(bytes, 2 + 6 * WORD, ATTEMPT_BITS)),
    signature: readSignature(bytes, 2 + 7 * WORD),
  }
}

/** The canonical bytes. Throws WordFormatError, BlsPointError. */
export function encodePartial({ fixingId, digest, place, signature }: PartialSignature): Uint8Array {
  const bytes = new Uint8Array(PARTIAL_BYTES)
  writeHeader(bytes, 'partial')
  writeHexWord(bytes, 2, fixingId)
  writeHexWord(bytes, 2 + WORD, digest)
  bytes[2 + 2 * WORD] = place
  bytes.set(compressSignature(signature), 3 + 2 * WORD)
  return bytes
}

/** What a partial signature says, its point not looked at yet: that costs milliseconds. Throws WireError with a code. */
export function decodePartial(bytes: Uint8Array): Omit<PartialSignature, 'signature'> {
  requireHeader(bytes, 'partial', PARTIAL_BYTES)
  return { fixingId: readHexWord(bytes, 2), digest: readHexWord(bytes, 2 + WORD), place: bytes[2 + 2 * WORD] ?? 0 }
}

/** The point of a partial signature. Throws BlsPointError unless it is one of the subgroup, canonically encoded. */
export function signatureOfPartial(bytes: Uint8Array, expand: typeof expandSignature = expandSignature): BlsSignature {
  return expand(bytes.subarray(3 + 2 * WORD))
}

/** The places of a bitmap, ascending. */
export function placesIn(bitmap: bigint): number[] {
  const places: number[] = []
  for (let rest = bitmap, place = 0; rest !== 0n; rest >>= 1n, place += 1) if ((rest & 1n) === 1n) places.push(place)
  return places
}

/** The bitmap of places, which the word has 256 of. Throws ArgumentError for another. */
export function bitmapOf(places: Iterable<number>): bigint {
  let bitmap = 0n
  for (const place of places) {
    requireWhole('place', place, 0, MAX_PLACE)
    bitmap |= 1n << BigInt(place)
  }
  return bitmap
}

function requestDigestBytes(domain: SigningDomain, request: ReportRequest): Uint8Array {
  const bytes = new Uint8Array(8 * WORD)
  bytes.set(REQUEST_TYPE_HASH)
  writeRequest(bytes, WORD, request)
  return eip712Digest(domain, keccak_256(bytes))
}

function writeRequest(bytes: Uint8Array, offset: number, { report, places, attempt }: ReportRequest): void {
  writeWord(bytes, offset, report.epoch, 64)
  writeHexWord(bytes, offset + WORD, report.fixingId)
  writeWord(bytes, offset + 2 * WORD, report.value, 128)
  writeHexWord(bytes, offset + 3 * WORD, report.observationsRoot)
  bytes.set(hexToBytes(report.proposer, { size: 20 }), offset + 5 * WORD - 20)
  writeWord(bytes, offset + 5 * WORD, places, 256)
  writeWord(bytes, offset + 6 * WORD, BigInt(attempt), ATTEMPT_BITS)
}
