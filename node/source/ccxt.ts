import type { IndexDocument } from '#protocol/index-document.ts'
import { CCXT_TIMEFRAMES, type CcxtSource } from '#protocol/index-source.ts'
import { download } from './download.ts'
import { parseExactJson } from './exact-json.ts'
import type { ReadContext, Reading } from './reading.ts'
import { type Candle, closesAt, instantOf, type SampleWindow } from './window.ts'

/** What is used of an exchange of ccxt. */
type Exchange = {
  timeout: number
  /** Makes numbers of texts; `String` keeps their digits. */
  number: (text: string) => unknown
  parseNumber: (value: unknown, otherwise?: unknown) => unknown
  parseJson: (text: string) => unknown
  fetchImplementation: (url: string, init: { method: string; headers: Record<string, string> }) => Promise<Response>
  fetchOHLCV(
    symbol: string,
    timeframe: string,
    sinceMs: number,
    limit: number,
  ): Promise<readonly (readonly unknown[])[]>
  close(): Promise<unknown>
}

/** The version that this was tested with; package.json names the same. */
export const CCXT_VERSION = '4.5.84'

/** ccxt's own limit has to leave time for a request's retries. */
const WHOLE_TIMEOUT_MS = 600_000
/** Requests for one window: exchanges give some hundred candles at once. */
const MAX_PAGES = 16
const CLOSE = 4

/**
 * Reads candles of an exchange through ccxt, an optional package that is loaded when a document needs it. Requests go
 * through this node's own download: its bounds, its retries; numbers keep the digits in which they were written. The reading's body is a JSON
 * array of the responses that candles were asked for with, as texts in that order. Throws {@link MissingCcxtError}, {@link ExchangeError}, TwoClosesError.
 */
export async function readCcxt(
  document: IndexDocument,
  source: CcxtSource,
  window: SampleWindow,
  context: ReadContext,
): Promise<Reading> {
  let latest = ''
  const bodies: string[] = []
  const Exchange = (await loadExchanges())[source.exchange]
  if (Exchange === undefined)
    throw new ExchangeError(source, `no exchange "${source.exchange}" in ccxt ${CCXT_VERSION}`)
  const notJson = (): Error => new ExchangeError(source, 'something that is no JSON')
  const exchange = configured(new Exchange(), notJson, async (url, headers) => {
    latest = await download(url, source, context, headers)
    return latest
  })
  try {
    const candles = await fetchCandles(exchange, document, source, window, () => bodies.push(latest))
    return {
      closes: closesAt(candles, window, source),
      origin: `ccxt ${source.exchange} ${source.symbol}`,
      // What the closes are of, page by page; what ccxt asked for before is of no candle.
      body: JSON.stringify(bodies),
    }
  } catch (error) {
    context.signal.throwIfAborted()
    // Every exchange has its own errors; ccxt's classes name them, their messages quote what came.
    const isOwn = error instanceof Error && error.name.startsWith('Source.')
    throw isOwn ? error : new ExchangeError(source, reasonOf(error), { cause: error })
  } finally {
    await exchange.close()
  }
}

function configured(
  exchange: Exchange,
  notJson: () => Error,
  get: (url: string, headers: Record<string, string>) => Promise<string>,
): Exchange {
  exchange.timeout = WHOLE_TIMEOUT_MS
  exchange.number = String
  exchange.parseNumber = (value, otherwise) =>
    typeof value === 'string' || typeof value === 'number' ? value.toString() : otherwise
  exchange.parseJson = (text) => {
    try {
      return parseExactJson(text)
    } catch {
      // ccxt's own makes an empty answer of it, which would pass for a market without trades.
      throw notJson()
    }
  }
  exchange.fetchImplementation = async (url, { method, headers }) => {
    if (method !== 'GET') throw new PostingExchangeError(url)
    return new Response(await get(url, headers), { headers: { 'content-type': 'application/json' } })
  }
  return exchange
}

async function fetchCandles(
  exchange: Exchange,
  { sampling }: IndexDocument,
  { symbol }: CcxtSource,
  { opens }: SampleWindow,
  onPage: () => void,
): Promise<Candle[]> {
  const timeframe = CCXT_TIMEFRAMES[sampling.intervalSeconds] ?? ''
  const intervalMs = sampling.intervalSeconds * 1_000
  const lastMs = Number((opens.at(-1) ?? 0n) * 1_000n)
  const candles: Candle[] = []
  let sinceMs = Number((opens[0] ?? 0n) * 1_000n)
  for (let page = 0; page < MAX_PAGES && sinceMs <= lastMs; page += 1) {
    const rows = await exchange.fetchOHLCV(symbol, timeframe, sinceMs, opens.length)
    onPage()
    for (const row of rows) {
      const [time, close] = [row[0], row[CLOSE]]
      const open = typeof time === 'number' ? instantOf(time.toString(), 1_000n) : undefined
      if (open !== undefined && typeof close === 'string') candles.push({ time: open, close })
    }
    // Of the rows that were asked for: any order, no time and one of another day may be among them.
    const times = rows.flatMap(([time]) => (typeof time === 'number' && time >= sinceMs && time <= lastMs ? time : []))
    if (times.length === 0) break
    const latestMs = times.reduce((latest, time) => Math.max(latest, time))
    sinceMs = (Math.floor(latestMs / intervalMs) + 1) * intervalMs
  }
  return candles
}

async function loadExchanges(): Promise<Readonly<Record<string, (new () => Exchange) | undefined>>> {
  try {
    const { exchanges } = await import('ccxt')
    return exchanges as unknown as Record<string, new () => Exchange> // its own types know numbers only
  } catch (cause) {
    throw new MissingCcxtError({ cause })
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return `${error.constructor.name}: ${error.message.split('\n')[0]?.slice(0, 200) ?? ''}`
}

/** A document has sources that only ccxt can read. */
export class MissingCcxtError extends Error {
  override readonly name = 'Source.MissingCcxtError'
  constructor(options: ErrorOptions) {
    super(`Expected the package ccxt, got none. Install it: npm install --save-exact ccxt@${CCXT_VERSION}`, options)
  }
}

/** An exchange did not give its candles. */
export class ExchangeError extends Error {
  override readonly name = 'Source.ExchangeError'
  readonly sourceId: string
  constructor({ id, exchange, symbol }: CcxtSource, got: string, options?: ErrorOptions) {
    super(`Expected candles of ${symbol} from ${exchange}, got ${got}. Check source ${id}.`, options)
    this.sourceId = id
  }
}

/** An exchange whose candles are asked for by another method than GET. */
export class PostingExchangeError extends Error {
  override readonly name = 'Source.PostingExchangeError'
  constructor(url: string) {
    super(`Expected candles by GET, got an exchange that wants to write to ${url}. Use another one.`)
  }
}
