import { expect, test } from 'vitest'
import { aggregate, sampleOpens } from '#protocol/aggregate.ts'
import type { IndexDocument } from '#protocol/index-document.ts'
import { auditValue } from '../../cli/demo/audit-value.ts'
import { indexOver } from '../../cli/demo/index-setup.ts'
import type { Market } from '../../cli/demo/market.ts'
import { crashMarket } from '../../cli/demo/price-path.ts'

const MATURITY = 1_743_148_800n

function documentOf(market: Market): IndexDocument {
  const servers = market.venues.map((venue) => ({ venue, port: 1, served: new Map(), stop: () => Promise.resolve() }))
  return indexOver(market, servers, { samples: 30, intervalSeconds: 60 })
}

test("agrees with the product's aggregation to the last digit, by another calculation, over many markets", () => {
  for (let seed = 1; seed <= 50; seed += 1) {
    const market = crashMarket(seed, MATURITY, { samples: 30, intervalSeconds: 60 })
    const document = documentOf(market)
    const opens = sampleOpens(document, MATURITY)
    const answering = market.venues.filter(({ health }) => health !== 'broken')
    const product = aggregate(
      document,
      answering.map(({ id, quote, closes }) => ({
        sourceId: id,
        quote,
        closes: opens.map((open) => closes.get(open)),
      })),
    )
    const { clampPpm, minSources } = document.aggregation
    const audited = auditValue(
      answering.map(({ closes }) => closes),
      { opens, clampPpm: BigInt(clampPpm), minSources },
    )
    expect(product, `seed ${seed}`).toMatchObject({ kind: 'value', value: audited })
  }
})

test.each([
  ['exponents and long fractions', ['1.2345e-06', '0.000001234567890123456789012345', '1.2e-6', '000.0000012345E+0']],
  ['one below the smallest value', ['4e-19', '4e-19', '4e-19', '4e-19']],
  ['halves of the last decimal', ['1e-18', '2e-18', '0.000000000000000003', '4e-18']],
  ['many digits before the point', ['2.0E+4', '19999.9999', '20000e0', '0.2e5']],
  ['the largest value', ['340282366920938463463.374607431768211454', '3.4e20', '3.4E20', '3.4e+20']],
  ['more than the largest value', ['3.5e20', '3.5e20', '3.5e20', '3.5e20']],
])("reads %s as the product's aggregation does", (_, closes) => {
  const opens = [60n, 120n, 180n]
  const venues = closes.map((close, i) => {
    const column = new Map(opens.map((open, j) => [open, i === 0 ? (closes[j] ?? close) : close]))
    const name = `v${i}`
    return { id: `${name}_ethusd`, venue: name, base: 'ETH', quote: 'USD', health: 'sound' as const, closes: column }
  })
  const market: Market = { base: 'ETH', quote: 'USD', venues, clean: [], origin: 'here' }
  const document = { ...documentOf(market), sampling: { samples: 3, intervalSeconds: 60 } }
  const product = aggregate(
    document,
    venues.map(({ id, quote, closes: column }) => ({
      sourceId: id,
      quote,
      closes: opens.map((open) => column.get(open)),
    })),
  )
  const audited = auditValue(
    venues.map(({ closes: column }) => column),
    { opens, clampPpm: 5_000n, minSources: document.aggregation.minSources },
  )
  expect(audited).toBe(product.kind === 'value' ? product.value : undefined)
})
