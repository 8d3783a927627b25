import { setTimeout as delay } from 'node:timers/promises'
import { fetchSamples } from '#node/source'
import { type Aggregate, aggregate } from '#protocol/aggregate.ts'
import type { IndexDocument } from '#protocol/index-document.ts'
import { realTimeMs } from './wait.ts'

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
  const clock = {
    now: () => now,
    monotonicMs: realTimeMs,
    sleep: (ms: number, aborted: AbortSignal) => delay(ms, undefined, { signal: aborted }),
  }
  const { samples } = await fetchSamples(document, maturity, { clock, signal })
  return aggregate(document, samples)
}
