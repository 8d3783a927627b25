import { afterEach, expect, test } from 'vitest'
import { sampleOpens } from '#protocol/aggregate.ts'
import { isSeparated } from '#protocol/distance.ts'
import { lieAbout } from '../../cli/demo/attacker.ts'
import { auditValue } from '../../cli/demo/audit-value.ts'
import { indexOver } from '../../cli/demo/index-setup.ts'
import type { Venue } from '../../cli/demo/market.ts'
import { crashMarket } from '../../cli/demo/price-path.ts'
import { startVenue, type VenueServer } from '../../cli/demo/venue-server.ts'

const MATURITY = 1_743_148_800n
const MINUTES = { samples: 30, intervalSeconds: 60 }

test('makes the same market from the same seed to the last digit, and another from another', () => {
  expect(crashMarket(7, MATURITY, MINUTES)).toEqual(crashMarket(7, MATURITY, MINUTES))
  expect(crashMarket(8, MATURITY, MINUTES).clean).not.toEqual(crashMarket(7, MATURITY, MINUTES).clean)
})

test('crashes by about a quarter before the index window, which only trembles', () => {
  for (let seed = 1; seed <= 20; seed += 1) {
    const [clean] = crashMarket(seed, MATURITY, MINUTES).clean
    const at = (minutes: number): number => Number(clean?.get(MATURITY - BigInt(minutes) * 60n))
    expect(at(30) / at(60)).toBeGreaterThan(0.7)
    expect(at(30) / at(60)).toBeLessThan(0.78)
    for (let minute = 29; minute > 0; minute -= 1) expect(Math.abs(at(minute) / at(30) - 1)).toBeLessThan(0.03)
  }
})

test('keeps sound venues within the noise of the clean path, and the manipulated one far off', () => {
  const { clean, venues } = crashMarket(1, MATURITY, MINUTES)
  expect(venues.map(({ health }) => health)).toEqual(['sound', 'sound', 'broken', 'manipulated', 'sound'])
  const ratios = venues.map(({ closes }) =>
    [...closes].map(([open, close]) => Number(close) / Number(clean[0]?.get(open))),
  )
  const farthest = ratios.map((own) => Math.max(...own.map((ratio) => Math.abs(ratio - 1))))
  const [aldgate = 1, borough = 1, , , eastcheap = 1] = farthest
  expect(Math.max(aldgate, borough, eastcheap)).toBeLessThan(0.0008)
  expect(Math.min(...(ratios[3] ?? [0]))).toBeGreaterThan(1.3)
})

test.each([
  [MATURITY, MINUTES],
  [MATURITY + 1n, MINUTES],
  [MATURITY + 37n, MINUTES],
  [MATURITY + 59n, { samples: 1, intervalSeconds: 60 }],
  [MATURITY + 1_234n, { samples: 200, intervalSeconds: 60 }],
  [MATURITY, { samples: 90, intervalSeconds: 1 }],
  [MATURITY + 41n, { samples: 7, intervalSeconds: 45 }],
  [MATURITY + 41n, { samples: 12, intervalSeconds: 300 }],
  [MATURITY + 1_799n, { samples: 24, intervalSeconds: 3_600 }],
  [MATURITY + 7_777n, { samples: 1, intervalSeconds: 86_400 }],
  [MATURITY + 7_777n, { samples: 30, intervalSeconds: 86_400 }],
  [MATURITY + 3n, { samples: 60, intervalSeconds: 86_399 }],
])(
  'has what is asked for at %s of %o: the window, that of the attacker and that of the strike',
  (maturity, sampling) => {
    const market = crashMarket(1, maturity, sampling)
    const document = indexOver(market, market.venues.map(silent), sampling)
    const interval = BigInt(sampling.intervalSeconds)
    const valueAt = (time: bigint): bigint | undefined =>
      auditValue(
        market.venues.filter(({ health }) => health !== 'broken').map(({ closes }) => closes),
        { opens: sampleOpens(document, time), clampPpm: BigInt(document.aggregation.clampPpm), minSources: 4 },
      )
    const [value, seen] = [valueAt(maturity), valueAt(maturity - interval)]
    expect(valueAt(maturity - 3_600n)).toBeTypeOf('bigint')
    expect(isSeparated(lieAbout(seen ?? 0n), value ?? 0n, 1_000)).toBe(true)
    const truth = auditValue(market.clean, { opens: sampleOpens(document, maturity), clampPpm: 5_000n, minSources: 1 })
    expect(isSeparated(truth ?? 0n, value ?? 0n, 1_000)).toBe(false)
  },
)

test('prices a longer candle at the last minute in it, and a shorter one at the last before its close', () => {
  const minutes = crashMarket(1, MATURITY, MINUTES).clean[0]
  const halfHours = crashMarket(1, MATURITY, { samples: 1, intervalSeconds: 1_800 }).clean[0]
  expect(halfHours?.get(MATURITY - 1_800n)).toBe(minutes?.get(MATURITY - 60n))
  const halfMinutes = crashMarket(1, MATURITY, { samples: 60, intervalSeconds: 30 }).clean[0]
  expect(halfMinutes?.get(MATURITY - 30n)).toBe(minutes?.get(MATURITY - 60n))
  expect(halfMinutes?.get(MATURITY - 60n)).toBe(minutes?.get(MATURITY - 120n))
})

function silent(venue: Venue): VenueServer {
  return { venue, port: 1, served: new Map(), stop: () => Promise.resolve() }
}

const servers: VenueServer[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop()
})

async function serve(over: Partial<Venue>, time: bigint): Promise<VenueServer> {
  const closes = new Map([
    [60n, '1.10'],
    [120n, '1.20'],
    [180n, '1.30'],
  ])
  const venue: Venue = { id: 'v_ethusd', venue: 'v', base: 'ETH', quote: 'USD', health: 'sound', closes, ...over }
  const server = await startVenue({ venue, now: () => Promise.resolve(time), candleSeconds: 60n })
  servers.push(server)
  return server
}

async function get(server: VenueServer, query: string): Promise<{ status: number; body: string }> {
  const response = await fetch(`http://127.0.0.1:${server.port}/candles?${query}`)
  return { status: response.status, body: await response.text() }
}

test('serves candles that open in [start, end) and have closed by the clock, digits as printed', async () => {
  const server = await serve({}, 240n)
  expect(await get(server, 'pair=ETHUSD&start=60&end=180')).toEqual({
    status: 200,
    body: '{"pair":"ETHUSD","candles":[[60,"1.10"],[120,"1.20"]]}',
  })
  expect(server.served).toEqual(
    new Map([
      [60n, '1.10'],
      [120n, '1.20'],
    ]),
  )
})

test('never serves a candle that closes after the clock', async () => {
  const early = await serve({}, 239n)
  expect((await get(early, 'pair=ETHUSD&start=0&end=1000')).body).toBe(
    '{"pair":"ETHUSD","candles":[[60,"1.10"],[120,"1.20"]]}',
  )
  const onTime = await serve({}, 240n)
  expect((await get(onTime, 'pair=ETHUSD&start=180&end=240')).body).toBe('{"pair":"ETHUSD","candles":[[180,"1.30"]]}')
})

test('refuses another pair and other times', async () => {
  const server = await serve({}, 240n)
  expect(await get(server, 'pair=BTCUSD&start=0&end=1')).toEqual({ status: 404, body: '{"error":"no such pair"}' })
  expect((await get(server, 'pair=ETHUSD&start=yesterday&end=1')).status).toBe(400)
  expect((await get(server, 'pair=ETHUSD&start=0')).status).toBe(400)
})

test('breaks in turn with an error and with garbage, and never serves a close', async () => {
  const server = await serve({ health: 'broken' }, 240n)
  expect((await get(server, 'pair=ETHUSD&start=0&end=1000')).status).toBe(500)
  expect(await get(server, 'pair=ETHUSD&start=0&end=1000')).toEqual({
    status: 200,
    body: '<html>We will be back soon</html>',
  })
  expect(server.served.size).toBe(0)
})
