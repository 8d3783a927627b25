import { keccak_256 } from '@noble/hashes/sha3.js'
import { StandardMerkleTree } from '@openzeppelin/merkle-tree'
import { bytesToHex, concat, hexToBytes, numberToHex, stringToBytes, type Address, type Hex } from 'viem'
import { observationStructHash, type SignedObservation } from './observation.ts'
import { eip712Digest, type SigningDomain, writeSignature } from './signing.ts'
import { merkleRoot } from './merkle-root.ts'
import { PPM } from './rational.ts'
import { WORD, writeHexWord, writeWord } from './wire.ts'

/** A quorum of observations and their median. */
export type Report = {
  /** The registry's epoch whose reporters form the quorum. */
  readonly epoch: bigint
  readonly fixingId: Hex
  /** The lower median of the quorum's values, scaled by 1e18. */
  readonly value: bigint
  /** Root of {@link observationsTree}. */
  readonly observationsRoot: Hex
  /** Who gets the proposal's receipts. */
  readonly proposer: Address
}

/** One reporter's observation, with the reporter's index in the registry at that epoch. */
export type ReporterObservation = { readonly reporterIndex: number; readonly signed: SignedObservation }

/** What a report is built from. */
export type ReportInput = {
  readonly epoch: bigint
  readonly fixingId: Hex
  readonly observations: readonly ReporterObservation[]
  readonly proposer: Address
  /** How many reporters the epoch has. */
  readonly reporterCount: number
}

/** A report with the indices of its signers, ascending; or how many observations are missing. */
export type ReportResult =
  | { readonly kind: 'report'; readonly report: Report; readonly signers: number[] }
  | { readonly kind: 'short'; readonly have: number; readonly need: number }

/** The EIP-712 types of a report, primary type `Report`; the domain is that of observations. */
export const REPORT_TYPES = {
  Report: [
    { name: 'epoch', type: 'uint64' },
    { name: 'fixingId', type: 'bytes32' },
    { name: 'value', type: 'uint128' },
    { name: 'observationsRoot', type: 'bytes32' },
    { name: 'proposer', type: 'address' },
  ],
} as const

const REPORT_TYPE_HASH = keccak_256(
  stringToBytes('Report(uint64 epoch,bytes32 fixingId,uint128 value,bytes32 observationsRoot,address proposer)'),
)

/** A leaf of {@link observationsTree}: the observation's struct hash and its signature r ‖ s ‖ v. */
export type ObservationLeaf = [structHash: Hex, signature: Hex]

/** Hence a leaf is `keccak256(bytes.concat(keccak256(abi.encode(structHash, signature))))`. */
const LEAF_ENCODING: string[] = ['bytes32', 'bytes']

/**
 * Whether a report may be stood behind by whoever observed `own`: they are at most a quarter of the separation apart, by
 * ratio and exactly.
 */
export function agreesWith(own: bigint, reportValue: bigint, separationPpm: number): boolean {
  const [low, high] = own < reportValue ? [own, reportValue] : [reportValue, own]
  return 4n * (high - low) * PPM <= BigInt(separationPpm) * low
}

/** How many observations make a quorum: the least count above two thirds of the reporters. Throws {@link RosterSizeError} for what is no count. */
export function quorumSize(reporters: number): number {
  if (!Number.isSafeInteger(reporters) || reporters < 0) throw new RosterSizeError(reporters)
  return Math.floor((2 * reporters) / 3) + 1
}

/** The middle value; of an even count the lower of the two, so that the median is a value somebody signed. */
export function lowerMedian(values: readonly bigint[]): bigint {
  const sorted = values.toSorted((a, b) => (a < b ? -1 : Number(a > b)))
  const median = sorted[(sorted.length - 1) >> 1]
  if (median === undefined) throw new NoObservationsError()
  return median
}

/**
 * OpenZeppelin's standard tree over the observations in ascending reporter index (leaves are not sorted by hash); its
 * proofs verify in `MerkleProof.verify`. Throws {@link NoObservationsError}.
 */
export function observationsTree(observations: readonly ReporterObservation[]): StandardMerkleTree<ObservationLeaf> {
  if (observations.length === 0) throw new NoObservationsError()
  const leaves = byIndex(observations).map(({ signed }) => observationLeaf(signed))
  return StandardMerkleTree.of(leaves, LEAF_ENCODING, { sortLeaves: false })
}

/** The root of {@link observationsTree}. Throws {@link NoObservationsError}. */
export function rootOfObservations(observations: readonly ReporterObservation[]): Hex {
  if (observations.length === 0) throw new NoObservationsError()
  return merkleRoot(byIndex(observations).map(({ signed }) => leafBytes(signed)))
}

/** `abi.encode(structHash, r ‖ s ‖ v)`. */
function leafBytes(signed: SignedObservation): Uint8Array {
  const bytes = new Uint8Array(6 * WORD)
  bytes.set(hexToBytes(observationStructHash(signed)))
  // Where the signature begins, and its length.
  bytes[2 * WORD - 1] = 2 * WORD
  bytes[3 * WORD - 1] = 2 * WORD + 1
  writeSignature(bytes, 3 * WORD, signed.signature)
  return bytes
}

/** What an observation is in {@link observationsTree}. */
export function observationLeaf(signed: SignedObservation): ObservationLeaf {
  const { r, s, v } = signed.signature
  return [observationStructHash(signed), concat([r, s, numberToHex(v, { size: 1 })])]
}

/**
 * The report of all given observations, the same for everyone who holds the same ones. Signatures are not checked here. Its root, which takes
 * longest, is made when it is first asked for: a node has a report of every fixing, and brings few before anybody.
 * Throws {@link ReporterIndexError} for an index that is repeated or not in the epoch, {@link ForeignObservationError}
 * for an observation of another fixing.
 */
export function buildReport(input: ReportInput): ReportResult {
  const { epoch, fixingId, proposer, reporterCount } = input
  const observations = byIndex(input.observations)
  const values = observations.map(({ reporterIndex, signed }, i) => {
    const isRepeated = reporterIndex === observations[i - 1]?.reporterIndex
    if (isRepeated || !isIndex(reporterIndex, reporterCount)) throw new ReporterIndexError(reporterIndex, reporterCount)
    if (signed.fixingId.toLowerCase() !== fixingId.toLowerCase()) {
      throw new ForeignObservationError(signed.fixingId, fixingId)
    }
    return signed.value
  })
  const need = quorumSize(reporterCount)
  if (observations.length < need) return { kind: 'short', have: observations.length, need }
  const value = lowerMedian(values)
  const signers = observations.map(({ reporterIndex }) => reporterIndex)
  let root: Hex | undefined
  const report: Report = {
    epoch,
    fixingId,
    value,
    get observationsRoot() {
      root ??= rootOfObservations(observations)
      return root
    },
    proposer,
  }
  return { kind: 'report', report, signers }
}

/** What reporters co-sign, by EIP-712; written out. Equal to viem's `hashTypedData`. */
export function reportDigest(domain: SigningDomain, report: Report): Hex {
  const bytes = new Uint8Array(6 * WORD)
  bytes.set(REPORT_TYPE_HASH)
  writeWord(bytes, WORD, report.epoch, 64)
  writeHexWord(bytes, 2 * WORD, report.fixingId)
  writeWord(bytes, 3 * WORD, report.value, 128)
  writeHexWord(bytes, 4 * WORD, report.observationsRoot)
  writeWord(bytes, 5 * WORD, BigInt(report.proposer), 160)
  return bytesToHex(eip712Digest(domain, keccak_256(bytes)))
}

/** A tree's root, typed as the hex that it is. */
export function rootOf(tree: { readonly root: string }): Hex {
  return `0x${tree.root.slice(2)}`
}

function byIndex(observations: readonly ReporterObservation[]): ReporterObservation[] {
  return observations.toSorted((a, b) => a.reporterIndex - b.reporterIndex)
}

function isIndex(index: number, count: number): boolean {
  return Number.isInteger(index) && index >= 0 && index < count
}

/** A median or a tree of nothing. */
export class NoObservationsError extends Error {
  override readonly name = 'Report.NoObservationsError'

  constructor() {
    super('Expected at least one observation, got none. Wait for a quorum before building a report.')
  }
}

/** A reporter index that the epoch does not have, or that comes twice. */
export class ReporterIndexError extends Error {
  override readonly name = 'Report.ReporterIndexError'
  readonly reporterIndex: number
  readonly reporterCount: number

  constructor(reporterIndex: number, reporterCount: number) {
    super(
      `Expected each reporter once, with an index below ${reporterCount}, got ${reporterIndex} repeated or out of range. ` +
        'Look the signer up in the registry at the epoch of the report.',
    )
    this.reporterIndex = reporterIndex
    this.reporterCount = reporterCount
  }
}

/** An observation of another fixing among those of a report. */
export class ForeignObservationError extends Error {
  override readonly name = 'Report.ForeignObservationError'
  readonly got: Hex
  readonly want: Hex

  constructor(got: Hex, want: Hex) {
    super(`Expected observations of fixing ${want}, got one of ${got}. Pass one fixing's observations only.`)
    this.got = got
    this.want = want
  }
}

/** What should be a number of reporters is none that a quorum can be of. */
export class RosterSizeError extends Error {
  override readonly name = 'Report.RosterSizeError'
  constructor(got: number) {
    super(`Expected a number of reporters, got ${String(got)}. Take it from the registry's roster.`)
  }
}
