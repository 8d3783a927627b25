import { getAddress, isAddress } from 'viem'
import { z } from 'zod'
import { parseDecimal } from './decimal.ts'
import { compare } from './rational.ts'

const MAX_TEXT = 200
const MAX_URL = 2_000
const DAY_SECONDS = 86_400
/** Canonical JSON has no text with half a character. */
const NOT_UNICODE = 'is not well-formed Unicode'

/** Names and units of an index document. */
export const text = z.string().min(1).max(MAX_TEXT).refine(isWellFormed, NOT_UNICODE)
/** A currency or token, for example USD. */
export const currency = z.string().regex(/^[A-Z0-9]{1,20}$/, 'is not 1 to 20 capital letters and digits')
/** A whole number within bounds, both included. */
export const integer = (min: number, max: number): z.ZodNumber => z.number().int().min(min).max(max)

const sourceId = z.string().regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, 'is not 1 to 64 of a-z, 0-9, ".", "_", "-"')
const decimal = z.string().refine(isPositiveDecimal, 'is not a decimal number above 0, written as a string')
const pointer = z
  .string()
  .regex(/^(\/([^~/]|~[01])*)*$/, 'is not an RFC 6901 pointer such as "/result/0"')
  .refine(isWellFormed, NOT_UNICODE)
const url = z
  .string()
  .max(MAX_URL)
  .regex(/^https?:\/\/\S+$/, 'is not an http or https URL')
  .refine(isWellFormed, NOT_UNICODE)
const address = z.string().refine(isChecksummed, 'is not an address with the capital letters of its EIP-55 checksum')

const bounds = z
  .strictObject({ min: decimal, max: decimal })
  .refine(
    ({ min, max }) => !isPositiveDecimal(min) || !isPositiveDecimal(max) || isAtMost(min, max),
    'has min above max',
  )

const everySource = {
  /** Unique within the document. Observations' raw samples carry it. */
  id: sourceId,
  /** The venue's name, for people. */
  venue: text,
  /** What the venue prices, if not the document's base: such a source only converts others. */
  base: currency.exactOptional(),
  /** The currency the closes are in. */
  quote: currency,
  /** A close outside is dropped: decimal strings, in this source's own quote currency. */
  bounds: bounds.exactOptional(),
  /** The source whose closes turn this source's quote currency into the document's. */
  convert: z.strictObject({ source: sourceId }).exactOptional(),
  /** How long one request may take. */
  timeoutMs: integer(100, 120_000),
}

/** The most that one response may have; a larger one is not read to its end. */
const maxBytes = integer(1_000, 50_000_000)
/** The unit of the rows' time, and of {start} and {end}. */
const timeUnit = z.enum(['seconds', 'milliseconds'])

type Rows = { readonly rows: string; readonly time: string }
/** RFC 6901: `rows` from the document to the array of candles, `time` (the open) and `close` within a row. */
export type CandlePointers = Rows & { readonly close: string }
/** RFC 6901: `rows` from the document to the array of trades, `time` and `price` within a row. */
export type TradePointers = Rows & { readonly price: string }

const NEITHER = 'has neither "close" of candles nor "price" of trades'
const BOTH = 'has both "close" of candles and "price" of trades'

// Not a union of two objects: of what is neither, that would say nothing of what is wrong.
const pointers = z
  .strictObject({ rows: pointer, time: pointer, close: pointer.exactOptional(), price: pointer.exactOptional() })
  .transform(({ close, price, ...row }, context): CandlePointers | TradePointers => {
    if (close !== undefined && price === undefined) return { ...row, close }
    if (price !== undefined && close === undefined) return { ...row, price }
    context.addIssue({ code: 'custom', message: close === undefined ? NEITHER : BOTH })
    return z.NEVER
  })

const httpJson = z.strictObject({
  kind: z.literal('http-json'),
  ...everySource,
  maxBytes,
  timeUnit,
  /** Template: {base} and {quote} of this source, {start} the first candle's open, {end} the end of the window. */
  url,
  pointers,
})

const csv = z.strictObject({
  kind: z.literal('csv'),
  ...everySource,
  maxBytes,
  timeUnit,
  /** Template as above; without it the node's own configuration names the file. */
  url: url.exactOptional(),
  /** Header names of the columns that hold a candle's open time and its close. */
  columns: z.strictObject({ time: text, close: text }),
})

const ccxt = z.strictObject({
  kind: z.literal('ccxt'),
  ...everySource,
  maxBytes,
  /** ccxt's name of the exchange, for example kraken. */
  exchange: z.string().regex(/^[a-z0-9]{1,40}$/, 'is not 1 to 40 small letters and digits'),
  /** ccxt's unified symbol, for example BTC/USD. */
  symbol: z.string().regex(/^[!-~]{1,60}$/, 'is not a symbol such as BTC/USD'),
})

const everyChainSource = {
  ...everySource,
  /** EIP-155. Each node's configuration names an endpoint for it. */
  chainId: integer(1, Number.MAX_SAFE_INTEGER),
  /** How much later than the window's end, seconds, the chain's head must be before it is read: until then it may change. */
  finalitySeconds: integer(0, DAY_SECONDS),
}

const chainlink = z.strictObject({
  kind: z.literal('chainlink'),
  ...everyChainSource,
  /** An AggregatorV3 proxy. */
  feed: address,
  /** A round older than this at the end of a candle, seconds, is no close of it. */
  maxAgeSeconds: integer(1, 7 * DAY_SECONDS),
})

const uniswapV3 = z.strictObject({
  kind: z.literal('uniswap-v3'),
  ...everyChainSource,
  pool: address,
  /** Which of the pool's two tokens is the base; the other is the quote. */
  baseToken: address,
  /** The close of a candle is the mean over this many seconds up to its end. */
  windowSeconds: integer(1, DAY_SECONDS),
})

/** One source of an index document, of any kind. */
export const indexSource = z.discriminatedUnion('kind', [httpJson, csv, ccxt, chainlink, uniswapV3])

/** Where one venue's closes come from. */
export type SourceSpec = z.infer<typeof indexSource>

/** A source read over HTTP as JSON: candles or trades. */
export type HttpJsonSource = z.infer<typeof httpJson>

/** A source read from a CSV of candles. */
export type CsvSource = z.infer<typeof csv>

/** A source read by the optional package ccxt. */
export type CcxtSource = z.infer<typeof ccxt>

/** A source whose closes are the rounds of a Chainlink feed. */
export type ChainlinkSource = z.infer<typeof chainlink>

/** A source whose closes are time-weighted means of a Uniswap v3 pool. */
export type UniswapV3Source = z.infer<typeof uniswapV3>

/** Sources whose rows have a time in a unit of their own. */
export type TimedSource = HttpJsonSource | CsvSource

/** ccxt's names of the candle lengths that most exchanges serve, by seconds. */
export const CCXT_TIMEFRAMES: Readonly<Record<number, string>> = {
  60: '1m',
  300: '5m',
  900: '15m',
  1_800: '30m',
  3_600: '1h',
  14_400: '4h',
  86_400: '1d',
}

function isWellFormed(value: string): boolean {
  return value.isWellFormed()
}

function isChecksummed(value: string): boolean {
  return isAddress(value, { strict: false }) && getAddress(value) === value
}

function isPositiveDecimal(value: string): boolean {
  try {
    return parseDecimal(value).n > 0n
  } catch {
    return false
  }
}

function isAtMost(a: string, b: string): boolean {
  return compare(parseDecimal(a), parseDecimal(b)) <= 0
}
