import { fetchSamples } from '#node/source'
import { type Aggregate, aggregate } from '#protocol/aggregate.ts'
import type { IndexDocument } from '#protocol/index-document.ts'
import { machineClock } from '../clock.ts'

/**
 * Reads the index as a node does, by the product's own path: every venue over HTTP, then the exact aggregation. Council
 * members use it to rule; the attacker, to lie plausibly.
 */
export async function readIndex(
  document: IndexDocument,
  maturity: bigint,
  now: bigint,
  signal: AbortSignal,
): Promise<Aggregate> {
  const { samples } = await fetchSamples(document, maturity, { clock: machineClock(() => now), signal })
  return aggregate(document, samples)
}
