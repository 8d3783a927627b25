import { StandardMerkleTree } from '@openzeppelin/merkle-tree'
import type { Hex } from 'viem'
import type { SourceSamples } from './aggregate.ts'
import { rootOf } from './report.ts'

/** A leaf of {@link samplesTree}. */
export type SampleLeaf = [sourceId: string, open: bigint, close: string]

/** Leaf: source id, the candle's open in Unix seconds, the close exactly as the venue printed it. */
const LEAF_ENCODING: string[] = ['string', 'uint64', 'string']

/**
 * OpenZeppelin's standard tree over the raw closes, sources in ascending id (by UTF-16 code unit), candles oldest first;
 * a candle the source does not have has no leaf. `opens` are those of `sampleOpens`. Throws {@link NoSamplesError}.
 */
export function samplesTree(
  samples: readonly SourceSamples[],
  opens: readonly bigint[],
): StandardMerkleTree<SampleLeaf> {
  const sources = samples.toSorted((a, b) => (a.sourceId < b.sourceId ? -1 : Number(a.sourceId > b.sourceId)))
  const leaves = sources.flatMap(({ sourceId, closes }) =>
    opens.flatMap((open, i): SampleLeaf[] => {
      const close = closes[i]
      return close === undefined ? [] : [[sourceId, open, close]]
    }),
  )
  if (leaves.length === 0) throw new NoSamplesError()
  return StandardMerkleTree.of(leaves, LEAF_ENCODING, { sortLeaves: false })
}

/** The root of {@link samplesTree}: an observation's `sourcesRoot`. */
export function sourcesRoot(samples: readonly SourceSamples[], opens: readonly bigint[]): Hex {
  return rootOf(samplesTree(samples, opens))
}

/** There is no close to commit to. */
export class NoSamplesError extends Error {
  override readonly name = 'Samples.NoSamplesError'

  constructor() {
    super('Expected at least one close, got none. Abstain instead of signing an observation without samples.')
  }
}
