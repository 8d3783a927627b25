import { MATURITY } from '../client/chain-fixture.ts'
import { threeSamples } from '../protocol/index-documents.ts'

const FILE = { id: 'file', venue: 'file', kind: 'csv', quote: 'USD', timeUnit: 'seconds' }

/** An index of three minutes that are read from a file. */
export const DOCUMENT = threeSamples([
  { ...FILE, timeoutMs: 1_000, maxBytes: 10_000, columns: { time: 'time', close: 'close' } },
])

/** The file, with three minutes that close at `close`: their mean is that. */
export function closesOf(close: string): string {
  return ['time,close', ...[180n, 120n, 60n].map((before) => `${MATURITY - before},${close}`)].join('\n')
}
