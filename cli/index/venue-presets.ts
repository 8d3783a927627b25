import type { IndexDocument } from '#protocol/index-document.ts'
import type { IndexWarning } from '#protocol/index-warnings.ts'

/** How a venue serves candles: the part of an `http-json` source that does not depend on the index. */
export type VenuePreset = {
  readonly venue: string
  readonly url: string
  readonly pointers: { readonly rows: string; readonly time: string; readonly close: string }
  readonly timeUnit: 'seconds' | 'milliseconds'
  /** The most candles of one answer; the window has fewer: one more comes where the venue counts both ends, or the newest is not over yet. */
  readonly maxRows: number
}

/** A pair and a candle length, seconds, as `--venues` asks for them. */
export type Wanted = { readonly base: string; readonly quote: string; readonly intervalSeconds: number }

/** The candle lengths, seconds, that every venue here has. */
export const PRESET_INTERVALS: readonly number[] = [60, 300, 900, 3_600]

/** As venues that count in minutes or hours name a length. */
const lettered = (seconds: number, hour: string): string => (seconds < 3_600 ? `${seconds / 60}m` : `1${hour}`)

type Preset = (wanted: Wanted) => VenuePreset

/** Public candle APIs, as their own documents describe them, with the most candles they give at once. Which pairs a venue has, it says itself. */
const PRESETS: Readonly<Record<string, Preset>> = {
  coinbase: ({ base, quote, intervalSeconds }) => ({
    venue: 'Coinbase Exchange',
    url: `https://api.exchange.coinbase.com/products/${base}-${quote}/candles?granularity=${intervalSeconds}&start={start}&end={end}`,
    pointers: { rows: '', time: '/0', close: '/4' },
    timeUnit: 'seconds',
    // "Max Candles" in https://docs.cdp.coinbase.com/api-reference/exchange-api/rest-api/products/get-product-candles
    maxRows: 300,
  }),
  kraken: ({ base, quote, intervalSeconds }) => ({
    venue: 'Kraken',
    url: `https://api.kraken.com/0/public/OHLC?pair=${base}/${quote}&interval=${intervalSeconds / 60}&assetVersion=1`,
    pointers: { rows: `/result/${base}~1${quote}`, time: '/0', close: '/4' },
    timeUnit: 'seconds',
    // The newest, whatever is asked for: https://docs.kraken.com/api/docs/rest-api/get-ohlc-data
    maxRows: 720,
  }),
  bitstamp: ({ base, quote, intervalSeconds }) => ({
    venue: 'Bitstamp',
    url: `https://www.bitstamp.net/api/v2/ohlc/${(base + quote).toLowerCase()}/?step=${intervalSeconds}&limit=1000&start={start}&end={end}`,
    pointers: { rows: '/data/ohlc', time: '/timestamp', close: '/close' },
    timeUnit: 'seconds',
    // The largest `limit` of https://www.bitstamp.net/api/#tag/Market-info/operation/GetOHLCData
    maxRows: 1_000,
  }),
  gemini: ({ base, quote, intervalSeconds }) => ({
    venue: 'Gemini',
    url: `https://api.gemini.com/v2/candles/${(base + quote).toLowerCase()}/${lettered(intervalSeconds, 'hr')}`,
    pointers: { rows: '', time: '/0', close: '/4' },
    timeUnit: 'milliseconds',
    // The newest; https://docs.gemini.com/rest/market-data gives no number, and a day of minutes (1 440) was seen.
    maxRows: 1_000,
  }),
  bitfinex: ({ base, quote, intervalSeconds }) => ({
    venue: 'Bitfinex',
    url: `https://api-pub.bitfinex.com/v2/candles/trade:${lettered(intervalSeconds, 'h')}:t${base}${quote}/hist?start={start}&end={end}&limit=1000&sort=1`,
    pointers: { rows: '', time: '/0', close: '/2' },
    timeUnit: 'milliseconds',
    // As the address asks for; https://docs.bitfinex.com/reference/rest-public-candles allows 10 000.
    maxRows: 1_000,
  }),
  binanceus: ({ base, quote, intervalSeconds }) => ({
    venue: 'Binance.US',
    url: `https://api.binance.us/api/v3/klines?symbol=${base}${quote}&interval=${lettered(intervalSeconds, 'h')}&startTime={start}&endTime={end}&limit=1000`,
    pointers: { rows: '', time: '/0', close: '/4' },
    timeUnit: 'milliseconds',
    // The largest `limit` of https://docs.binance.us/#get-candlestick-data
    maxRows: 1_000,
  }),
}

/** The venues' names, as `--venues` takes them. */
export const PRESET_NAMES: readonly string[] = Object.keys(PRESETS)

/** How the venue serves candles of a pair; undefined for a venue that is not known here. */
export function presetOf(name: string, wanted: Wanted): VenuePreset | undefined {
  return Object.hasOwn(PRESETS, name) ? PRESETS[name]?.(wanted) : undefined
}

/** What the venues that are known here do not give of a window as long as the document's. `field` is the path to the address. */
export function venueWarnings({ sources, sampling }: IndexDocument): IndexWarning[] {
  return sources.flatMap((source, i) => {
    if (source.kind !== 'http-json' || !('close' in source.pointers)) return []
    const known = VENUES.get(hostOf(source.url))
    if (known === undefined) return []
    const asked = /[?&]limit=(\d{1,9})(?:&|$)/.exec(source.url)?.[1]
    const rows = Math.min(known.maxRows, asked === undefined ? Infinity : Number(asked))
    if (sampling.samples < rows) return []
    const reason = `${known.venue} gives ${rows} candles at once, of ${sampling.samples} it never has all: take ${rows - 1} samples at most`
    return [{ field: `sources.${i}.url`, reason }]
  })
}

const VENUES: ReadonlyMap<string, VenuePreset> = new Map(
  Object.values(PRESETS).map((preset) => {
    const known = preset({ base: 'ETH', quote: 'USD', intervalSeconds: 60 })
    return [hostOf(known.url), known]
  }),
)

/** A host that is part of a template is none that is known. */
function hostOf(template: string): string {
  return URL.canParse(template) ? new URL(template).host : ''
}
