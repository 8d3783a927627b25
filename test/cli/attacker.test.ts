import { afterEach, expect, test } from 'vitest'
import { DEFAULT_PARAMETERS, INVALID } from '#protocol/fixing.ts'
import { lieAbout, lookAtIndex } from '../../cli/demo/attacker.ts'
import type { Conductor } from '../../cli/demo/conductor.ts'
import { indexOver } from '../../cli/demo/index-setup.ts'
import { parsePriceFile } from '../../cli/demo/price-file.ts'
import { startVenue, type VenueServer } from '../../cli/demo/venue-server.ts'

const WAD = 10n ** 18n
const MATURITY = 1_678_492_800n

test('lies by a fifth, in cents', () => {
  expect(lieAbout(1_841_072_345n * 10n ** 12n)).toBe(220_928n * 10n ** 16n)
})

test('lies by a fifth about an index below a cent too', () => {
  expect(lieAbout(WAD / 120n)).toBe(9_999_990_000_000_000n)
  expect(lieAbout(9_876_543_210n)).toBe(11_851_800_000n)
  expect(lieAbout(10n)).toBe(12n)
})

test('lies by less where a fifth more would be no value', () => {
  expect(lieAbout(INVALID - 2n)).toBe(INVALID - 1n)
  expect(lieAbout(((INVALID - 1n) * 100n) / 120n)).toBeLessThan(INVALID)
})

const servers: VenueServer[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop()
})

/** What mallory sees of the last `closes` before the maturity, and the time by then. */
async function look(closes: readonly string[], sampling: { samples: number; intervalSeconds: number }) {
  const interval = BigInt(sampling.intervalSeconds)
  const rows = closes.map((close, i) => `${MATURITY - BigInt(closes.length - i) * interval},${close}`)
  const market = parsePriceFile('f.csv', `time,a_ethusd\n${rows.join('\n')}\n`, { sampling })
  const clock = { time: MATURITY - 3_600n }
  const now = (): Promise<bigint> => Promise.resolve(clock.time)
  const jumpTo = (time: bigint): Promise<void> => {
    clock.time = time
    return Promise.resolve()
  }
  const venues = await Promise.all(market.venues.map((venue) => startVenue({ venue, now, candleSeconds: interval })))
  servers.push(...venues)
  const conductor = { now, jumpTo } as unknown as Conductor // all that looking needs
  const fixing = { ...DEFAULT_PARAMETERS, maturity: MATURITY } as Parameters<typeof lookAtIndex>[0]['fixing'] // as above
  const document = indexOver(market, venues, sampling)
  const reading = await lookAtIndex({ conductor, fixing, document, signal: new AbortController().signal })
  return { value: reading.kind === 'value' ? reading.value : undefined, time: clock.time }
}

test('sees the index of one candle before the maturity, five seconds ahead of it', async () => {
  const seen = { value: 2n * WAD, time: MATURITY - 5n }
  expect(await look(['2', '2', '3'], { samples: 2, intervalSeconds: 60 })).toEqual(seen)
  expect(await look(['2', '3'], { samples: 1, intervalSeconds: 86_400 })).toEqual(seen)
  // Candles shorter than those five seconds: those that have closed by then.
  expect(await look(['2', '3', '3', '3', '3', '3'], { samples: 1, intervalSeconds: 1 })).toEqual(seen)
})

test('sees the window of the maturity at the maturity, where a history has nothing before it', async () => {
  expect(await look(['2', '2'], { samples: 2, intervalSeconds: 60 })).toEqual({ value: 2n * WAD, time: MATURITY })
  expect(await look(['', '2', '2'], { samples: 2, intervalSeconds: 60 })).toEqual({ value: 2n * WAD, time: MATURITY })
  expect(await look(['2'], { samples: 1, intervalSeconds: 86_400 })).toEqual({ value: 2n * WAD, time: MATURITY })
})

test('sees nothing where the window of the maturity has a hole', async () => {
  expect(await look(['2', ''], { samples: 2, intervalSeconds: 60 })).toEqual({ value: undefined, time: MATURITY })
})
