import type { Hex } from 'viem'
import type { IndexDocument } from '#protocol/index-document.ts'
import { countingSources } from '#protocol/index-warnings.ts'
import type { Sampling } from '#node/source'
import type { Clock } from '../clock.ts'

/** What asking the sources works with. */
export type ProbeComponents = {
  readonly clock: Clock
  readonly signal: AbortSignal
  /** Reads the sources of a document for the window that ends at `maturity`; aborts with `signal`. */
  readonly sample: (document: IndexDocument, maturity: bigint, signal: AbortSignal) => Promise<Sampling>
}

/** Counts the sources of an index that answer now and can count: one that is converted needs its converter too. */
export type Probe = (indexId: Hex, document: IndexDocument) => Promise<number>

/** Fixings of one index that mature together share what was found. */
const FRESH_MS = 20_000
/** No source is waited for any longer: the last call is open for a minute. */
const PATIENCE_MS = 15_000

/**
 * Asks each source for the window that ended a candle ago, of a chain by its finality earlier, all at once. What it holds does not count: whether it suffices shows
 * at the maturity. Asks once in 20 s for each index, of which a node follows few.
 */
export function createProbe({ clock, signal, sample }: ProbeComponents): Probe {
  const found = new Map<Hex, { readonly atMs: number; readonly count: Promise<number> }>()
  return (indexId, document) => {
    const known = found.get(indexId)
    if (known !== undefined && clock.monotonicMs() - known.atMs < FRESH_MS) return known.count
    const candleAgo = clock.now() - BigInt(document.sampling.intervalSeconds)
    const answers = document.sources.map(async (source) => {
      const end = 'finalitySeconds' in source ? candleAgo - BigInt(source.finalitySeconds) : candleAgo
      const patience = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)])
      try {
        const { samples } = await sample({ ...document, sources: [source] }, end, patience)
        return samples.map(({ sourceId }) => sourceId)
      } catch (error) {
        signal.throwIfAborted()
        // Reading throws only when it is told to stop: this source is too slow.
        if (patience.aborted) return []
        throw error
      }
    })
    const count = Promise.all(answers).then((ids) => usable(document, new Set(ids.flat())))
    found.set(indexId, { atMs: clock.monotonicMs(), count })
    return count
  }
}

function usable(document: IndexDocument, answering: ReadonlySet<string>): number {
  const isThere = (id: string | undefined): boolean => id === undefined || answering.has(id)
  return countingSources(document).filter(({ id, convert }) => isThere(id) && isThere(convert?.source)).length
}
