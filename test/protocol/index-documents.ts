import { parseIndexDocument, type IndexDocument } from '#protocol/index-document.ts'

/** A source as an author writes it; `changes` replace or add fields. */
export function sourceJson(id: string, changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    id,
    venue: id,
    kind: 'http-json',
    quote: 'USD',
    timeUnit: 'seconds',
    url: `http://127.0.0.1/${id}`,
    pointers: { rows: '', time: '/0', close: '/4' },
    timeoutMs: 5_000,
    maxBytes: 100_000,
    ...changes,
  }
}

/** An index document as an author writes it; `changes` replace or add fields. */
export function documentJson(sources: unknown[], changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    version: 1,
    name: 'ETH/USD',
    base: 'ETH',
    quote: 'USD',
    unit: 'USD per ETH',
    sources,
    sampling: { intervalSeconds: 60, samples: 30 },
    aggregation: { kind: 'clamped-geometric-mean', clampPpm: 5_000, minSources: 1 },
    rounding: 'down',
    noisePpm: 150,
    ...changes,
  }
}

/** A document of three samples from these sources, of which `minSources` are needed. */
export function threeSamples(sources: unknown[], minSources = 1): IndexDocument {
  return parseIndexDocument(
    documentJson(sources, {
      sampling: { intervalSeconds: 60, samples: 3 },
      aggregation: { kind: 'clamped-geometric-mean', clampPpm: 5_000, minSources },
    }),
  )
}
