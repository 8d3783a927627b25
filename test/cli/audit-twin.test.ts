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
