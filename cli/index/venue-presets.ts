/** How a venue serves candles: the part of an `http-json` source that does not depend on the index. */
export type VenuePreset = {
  readonly venue: string
  readonly url: string
  readonly pointers: { readonly rows: string; readonly time: string; readonly close: string }
  readonly timeUnit: 'seconds' | 'milliseconds'
}

/** A pair and a candle length, seconds, as `--venues` asks for them. */
export type Wanted = { readonly base: string; readonly quote: string; readonly intervalSeconds: number }

/** The candle lengths, seconds, that every venue here has. */
export const PRESET_INTERVALS: readonly number[] = [60, 300, 900, 3_600]

/** As venues that count in minutes or hours name a length. */
const lettered = (seconds: number, hour: string): string => (seconds < 3_600 ? `${seconds / 60}m` : `1${hour}`)

type Preset = (wanted: Wanted) => VenuePreset

/** Public candle APIs, as their own documents describe them. Which pairs a venue has, it says itself. */
const PRESETS: Readonly<Record<string, Preset>> = {
  coinbase: ({ base, quote, intervalSeconds }) => ({
    venue: 'Coinbase Exchange',
    url: `https://api.exchange.coinbase.com/products/${base}-${quote}/candles?granularity=${intervalSeconds}&start={start}&end={end}`,
    pointers: { rows: '', time: '/0', close: '/4' },
    timeUnit: 'seconds',
  }),
  kraken: ({ base, quote, intervalSeconds }) => ({
    venue: 'Kraken',
    url: `https://api.kraken.com/0/public/OHLC?pair=${base}/${quote}&interval=${intervalSeconds / 60}&assetVersion=1`,
    pointers: { rows: `/result/${base}~1${quote}`, time: '/0', close: '/4' },
    timeUnit: 'seconds',
  }),
  bitstamp: ({ base, quote, intervalSeconds }) => ({
    venue: 'Bitstamp',
    url: `https://www.bitstamp.net/api/v2/ohlc/${(base + quote).toLowerCase()}/?step=${intervalSeconds}&limit=1000&start={start}&end={end}`,
    pointers: { rows: '/data/ohlc', time: '/timestamp', close: '/close' },
    timeUnit: 'seconds',
  }),
  gemini: ({ base, quote, intervalSeconds }) => ({
    venue: 'Gemini',
    url: `https://api.gemini.com/v2/candles/${(base + quote).toLowerCase()}/${lettered(intervalSeconds, 'hr')}`,
    pointers: { rows: '', time: '/0', close: '/4' },
    timeUnit: 'milliseconds',
  }),
  bitfinex: ({ base, quote, intervalSeconds }) => ({
    venue: 'Bitfinex',
    url: `https://api-pub.bitfinex.com/v2/candles/trade:${lettered(intervalSeconds, 'h')}:t${base}${quote}/hist?start={start}&end={end}&limit=1000&sort=1`,
    pointers: { rows: '', time: '/0', close: '/2' },
    timeUnit: 'milliseconds',
  }),
  binanceus: ({ base, quote, intervalSeconds }) => ({
    venue: 'Binance.US',
    url: `https://api.binance.us/api/v3/klines?symbol=${base}${quote}&interval=${lettered(intervalSeconds, 'h')}&startTime={start}&endTime={end}&limit=1000`,
    pointers: { rows: '', time: '/0', close: '/4' },
    timeUnit: 'milliseconds',
  }),
}

/** The venues' names, as `--venues` takes them. */
export const PRESET_NAMES: readonly string[] = Object.keys(PRESETS)

/** How the venue serves candles of a pair; undefined for a venue that is not known here. */
export function presetOf(name: string, wanted: Wanted): VenuePreset | undefined {
  return Object.hasOwn(PRESETS, name) ? PRESETS[name]?.(wanted) : undefined
}
