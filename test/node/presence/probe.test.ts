import { expect, test } from 'vitest'
import type { IndexDocument } from '#protocol/index-document.ts'
import type { Sampling } from '#node/source'
import { createProbe } from '../../../node/presence/probe.ts'
import { sourceJson, threeSamples } from '../../protocol/index-documents.ts'
import { fakeClock } from '../fake-clock.ts'
import { FIXING_ID } from '../reporters.ts'

const DOCUMENT: IndexDocument = threeSamples([
  sourceJson('a', {}),
  sourceJson('b', {}),
  sourceJson('eur', { quote: 'EUR', convert: { source: 'rate' } }),
  sourceJson('rate', { base: 'EUR' }),
])

/** Counts what answers if those in `down` do not. */
function probed(down: readonly string[], document = DOCUMENT) {
  const asked: [id: string, maturity: bigint][] = []
  const clock = fakeClock(1_000n)
  const probe = createProbe({
    clock,
    signal: new AbortController().signal,
    async sample({ sources }, maturity): Promise<Sampling> {
      asked.push([sources.map(({ id }) => id).join(), maturity])
      const samples = sources
        .filter(({ id }) => !down.includes(id))
        .map(({ id, quote }) => ({ sourceId: id, quote, closes: [] }))
      return { opens: [], samples, failures: [], records: [] }
    },
  })
  return { asked, clock, count: () => probe(FIXING_ID, document) }
}

test('R-414 counts the sources that answer and can count', async () => {
  expect(await probed([]).count()).toBe(3)
  expect(await probed(['b']).count()).toBe(2)
  // What cannot be converted does not count, and a rate alone is no source.
  expect(await probed(['rate']).count()).toBe(2)
  expect(await probed(['a', 'b', 'eur']).count()).toBe(0)
})

test('asks a chain for a window that is final by now, since it is read for no later one', async () => {
  const chain = { kind: 'chainlink', chainId: 1, feed: `0x${'11'.repeat(20)}`, maxAgeSeconds: 60, finalitySeconds: 900 }
  const feed = { id: 'feed', venue: 'feed', quote: 'USD', timeoutMs: 5_000, ...chain }
  const { asked, count } = probed([], threeSamples([sourceJson('a', {}), feed]))
  expect(await count()).toBe(2)
  expect(asked).toEqual([
    ['a', 940n],
    ['feed', 40n],
  ])
})

test('asks for the window that ended a candle ago, once in a while', async () => {
  const { asked, clock, count } = probed([])
  await Promise.all([count(), count()])
  const end = 1_000n - BigInt(DOCUMENT.sampling.intervalSeconds)
  expect(asked).toEqual(['a', 'b', 'eur', 'rate'].map((id) => [id, end]))
  clock.pass(19_999)
  await count()
  expect(asked).toHaveLength(4)
  clock.pass(1)
  await count()
  expect(asked).toHaveLength(8)
})
