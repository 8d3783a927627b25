import { expect, test } from 'vitest'
import type { SourceSamples } from '#protocol/aggregate.ts'
import { confidenceOf } from '#protocol/confidence.ts'
import { sourceJson, threeSamples } from './index-documents.ts'

const DOCUMENT = threeSamples([sourceJson('alpha'), sourceJson('beta'), sourceJson('gamma')])
const usd = (sourceId: string, ...closes: (string | undefined)[]): SourceSamples => ({ sourceId, quote: 'USD', closes })

test('counts the sources of the candle that fewest have, whatever the others have', () => {
  const samples = [usd('alpha', '10', '10', '10'), usd('beta', '10', undefined, '10'), usd('gamma', '10', '10', '10')]
  expect(confidenceOf(DOCUMENT, samples)).toEqual({ sources: 2, spreadPpm: 0n })
  expect(confidenceOf(DOCUMENT, samples.slice(0, 2)).sources).toBe(1)
  expect(confidenceOf(DOCUMENT, [])).toEqual({ sources: 0, spreadPpm: 0n })
})

test('the spread is that of the candle in which sources are furthest apart, of its median, rounded up', () => {
  const samples = [
    usd('alpha', '100', '100', '100'),
    usd('beta', '101', '100', '103'),
    usd('gamma', '100', '100', '99'),
  ]
  // (103 - 99) / 100; the first candle's is (101 - 100) / 100.
  expect(confidenceOf(DOCUMENT, samples)).toEqual({ sources: 3, spreadPpm: 40_000n })
  // Of two sources the median is 300.5: 1 / 300.5 is 3327.78… ppm.
  expect(confidenceOf(DOCUMENT, [usd('alpha', '300', '300', '300'), usd('beta', '300', '301', '300')]).spreadPpm).toBe(
    3_328n,
  )
})

test('a source of another currency counts through the one that converts it, which does not count itself', () => {
  const document = threeSamples([
    sourceJson('alpha'),
    sourceJson('usdt', { quote: 'USDT', convert: { source: 'rate' } }),
    sourceJson('rate', { base: 'USDT' }),
  ])
  const usdt = { sourceId: 'usdt', quote: 'USDT', closes: ['102', '102', '102'] }
  const samples = [usd('alpha', '100', '100', '100'), usdt, usd('rate', '1', '1', '0.5')]
  // The last candle is 100 and 51: 49 / 75.5 is 649 006.6… ppm.
  expect(confidenceOf(document, samples)).toEqual({ sources: 2, spreadPpm: 649_007n })
})
