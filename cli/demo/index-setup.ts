import { type IndexDocument, parseIndexDocument } from '#protocol/index-document.ts'
import type { Market } from './market.ts'
import type { VenueServer } from './venue-server.ts'

/** Delta of policy P1 for the demo's index, ppm: below a quarter of the separation, above the venues' noise. */
const NOISE_PPM = 200
/** The most that a candle may stand from the window's median: the default index's 0.5 %. */
const CLAMP_PPM = 5_000
/** Three venues make a median that one of them cannot move. */
const WANTED_SOURCES = 3
const VENUE_TIMEOUT_MS = 20_000
const VENUE_MAX_BYTES = 1_000_000

/** The index document over the listening venues. Every column is a source; only those in the index's quote can count. */
export function indexOver(
  market: Market,
  servers: readonly VenueServer[],
  sampling: IndexDocument['sampling'],
): IndexDocument {
  const counting = market.venues.filter(({ quote }) => quote === market.quote).length
  return parseIndexDocument({
    version: 1,
    name: `${market.base}/${market.quote} ${sampling.samples} closes of ${sampling.intervalSeconds} s`,
    base: market.base,
    quote: market.quote,
    unit: `${market.quote} per ${market.base}`,
    sources: servers.map(({ venue, port }) => ({
      id: venue.id,
      venue: venue.venue,
      kind: 'http-json',
      quote: venue.quote,
      url: `http://127.0.0.1:${port}/candles?pair={base}{quote}&start={start}&end={end}`,
      pointers: { rows: '/candles', time: '/0', close: '/1' },
      timeUnit: 'seconds',
      timeoutMs: VENUE_TIMEOUT_MS,
      maxBytes: VENUE_MAX_BYTES,
    })),
    sampling,
    aggregation: {
      kind: 'clamped-geometric-mean',
      clampPpm: CLAMP_PPM,
      minSources: Math.max(1, Math.min(WANTED_SOURCES, counting)),
    },
    rounding: 'down',
    noisePpm: NOISE_PPM,
  })
}
