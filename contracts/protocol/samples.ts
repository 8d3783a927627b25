import { StandardMerkleTree } from '@openzeppelin/merkle-tree'
import type { Hex } from 'viem'
import { sampleOpens, type SourceSamples } from './aggregate.ts'
import type { IndexDocument } from './index-document.ts'
import { merkleRoot } from './merkle-root.ts'
import { WORD, writeWord } from './wire.ts'

/** A leaf of {@link samplesTree}. */
export type SampleLeaf = [sourceId: string, open: bigint, close: string]

/** Leaf: source id, the candle's open in Unix seconds, the close exactly as the venue printed it. */
const LEAF_ENCODING: string[] = ['string', 'uint64', 'string']

/**
 * The leaves of {@link samplesTree}: sources in ascending id (by UTF-16 code unit), candles oldest first; a candle that a
 * source does not have has none. `opens` are those of `sampleOpens`.
 */
export function leavesOf(samples: readonly SourceSamples[], opens: readonly bigint[]): SampleLeaf[] {
  const sources = samples.toSorted((a, b) => (a.sourceId < b.sourceId ? -1 : Number(a.sourceId > b.sourceId)))
  return sources.flatMap(({ sourceId, closes }) =>
    opens.flatMap((open, i): SampleLeaf[] => {
      const close = closes[i]
      return close === undefined ? [] : [[sourceId, open, close]]
    }),
  )
}

/** OpenZeppelin's standard tree over the raw closes. Throws {@link NoSamplesError}. */
export function samplesTree(
  samples: readonly SourceSamples[],
  opens: readonly bigint[],
): StandardMerkleTree<SampleLeaf> {
  return StandardMerkleTree.of(someOf(leavesOf(samples, opens)), LEAF_ENCODING, { sortLeaves: false })
}

/**
 * Whether these are all the leaves that `root` commits to. INVARIANT: in the order of {@link leavesOf}, each source and candle once, so that
 * nobody who reads them can find another close: a root can be made of any leaves.
 */
export function isAllOf(leaves: readonly SampleLeaf[], root: Hex): boolean {
  const isOrdered = leaves.every((leaf, i) => i === 0 || isAfter(leaf, leaves[i - 1]))
  return leaves.length > 0 && isOrdered && leaves.every(isText) && rootOfLeaves(leaves) === root
}

/** Half a character is written as another one is: the root would be of both. */
function isText([sourceId, , close]: SampleLeaf): boolean {
  return sourceId.isWellFormed() && close.isWellFormed()
}

function isAfter([sourceId, open]: SampleLeaf, before: SampleLeaf | undefined): boolean {
  if (before === undefined) return true
  return sourceId === before[0] ? open > before[1] : sourceId > before[0]
}

/** Leaves as samples again; quotes are the document's, candles outside the window count for nothing. */
export function samplesOf(document: IndexDocument, leaves: readonly SampleLeaf[], maturity: bigint): SourceSamples[] {
  const opens = sampleOpens(document, maturity)
  const closes = new Map(leaves.map(([sourceId, open, close]) => [`${sourceId} ${open}`, close] as const))
  return document.sources
    .filter(({ id }) => leaves.some(([sourceId]) => sourceId === id))
    .map(({ id, quote }) => ({ sourceId: id, quote, closes: opens.map((open) => closes.get(`${id} ${open}`)) }))
}

/** `ours` with what differs as they have it: their leaves, in the order in which a root commits to them. */
export function withDifferences(ours: readonly SampleLeaf[], differences: readonly SampleDifference[]): SampleLeaf[] {
  const keyOf = (sourceId: string, open: bigint): string => `${sourceId} ${open.toString().padStart(20, '0')}`
  const leaves = new Map(ours.map((leaf) => [keyOf(leaf[0], leaf[1]), leaf]))
  for (const { sourceId, open, theirs } of differences) {
    if (theirs === undefined) leaves.delete(keyOf(sourceId, open))
    else leaves.set(keyOf(sourceId, open), [sourceId, open, theirs])
  }
  return [...leaves].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, leaf]) => leaf)
}

/** A close that two observations do not share; undefined where one has none. */
export type SampleDifference = {
  readonly sourceId: string
  /** Unix seconds. */
  readonly open: bigint
  readonly ours: string | undefined
  readonly theirs: string | undefined
}

/** Every source and candle in which the closes differ as text, in the order of the leaves. */
export function differencesOf(ours: readonly SampleLeaf[], theirs: readonly SampleLeaf[]): SampleDifference[] {
  const keyOf = ([sourceId, open]: SampleLeaf): string => `${sourceId} ${open.toString().padStart(20, '0')}`
  const [own, other] = [ours, theirs].map((leaves) => new Map(leaves.map((leaf) => [keyOf(leaf), leaf])))
  const all = new Map([...(own ?? []), ...(other ?? [])])
  return [...all]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, [sourceId, open]]) => ({ sourceId, open, ours: own?.get(key)?.[2], theirs: other?.get(key)?.[2] }))
    .filter((one) => one.ours !== one.theirs)
}

/** The root of {@link samplesTree}: an observation's `sourcesRoot`. Throws {@link NoSamplesError}. */
export function sourcesRoot(samples: readonly SourceSamples[], opens: readonly bigint[]): Hex {
  return rootOfLeaves(someOf(leavesOf(samples, opens)))
}

function someOf(leaves: SampleLeaf[]): SampleLeaf[] {
  if (leaves.length === 0) throw new NoSamplesError()
  return leaves
}

function rootOfLeaves(leaves: readonly SampleLeaf[]): Hex {
  return merkleRoot(leaves.map(leafBytes))
}

/** `abi.encode(sourceId, open, close)`. */
function leafBytes([sourceId, open, close]: SampleLeaf): Uint8Array {
  const [id, text] = [sourceId, close].map((one) => new TextEncoder().encode(one)) as [Uint8Array, Uint8Array] // of two, two
  const textAt = 4 * WORD + paddedLength(id)
  const bytes = new Uint8Array(textAt + WORD + paddedLength(text))
  // Where the texts begin, each with its length first.
  writeWord(bytes, 0, BigInt(3 * WORD), 64)
  writeWord(bytes, WORD, open, 64)
  writeWord(bytes, 2 * WORD, BigInt(textAt), 64)
  writeWord(bytes, 3 * WORD, BigInt(id.length), 64)
  bytes.set(id, 4 * WORD)
  writeWord(bytes, textAt, BigInt(text.length), 64)
  bytes.set(text, textAt + WORD)
  return bytes
}

function paddedLength({ length }: Uint8Array): number {
  return Math.ceil(length / WORD) * WORD
}

/** There is no close to commit to. */
export class NoSamplesError extends Error {
  override readonly name = 'Samples.NoSamplesError'

  constructor() {
    super('Expected at least one close, got none. Abstain instead of signing an observation without samples.')
  }
}
