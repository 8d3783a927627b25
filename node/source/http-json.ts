import type { IndexDocument } from '#protocol/index-document.ts'
import type { HttpJsonSource } from '#protocol/index-source.ts'
import type { Rational } from '#protocol/rational.ts'
import { unitsPerSecondOf } from '#protocol/url-template.ts'
import { download, type DownloadContext } from './download.ts'
import { parseExactJson } from './exact-json.ts'
import { pointTo } from './pointer.ts'
import type { Reading } from './reading.ts'
import { closesOfTrades, type Trade } from './trades.ts'
import { type Candle, closesAt, instantOf, type SampleWindow, urlFor } from './window.ts'

/** Reads candles or trades from a JSON API. Throws DownloadError, TwoClosesError, {@link JsonShapeError}. */
export async function readHttpJson(
  document: IndexDocument,
  source: HttpJsonSource,
  window: SampleWindow,
  context: DownloadContext,
): Promise<Reading> {
  const url = urlFor(source.url, document, source, window)
  const body = await download(url, source, context)
  return { closes: httpJsonCloses(body, source, window), origin: url, body }
}

/** The closes that a response of such an API has. Throws TwoClosesError, {@link JsonShapeError}. */
export function httpJsonCloses(body: string, source: HttpJsonSource, window: SampleWindow): Reading['closes'] {
  return 'close' in source.pointers
    ? closesAt(candlesIn(body, source), window, source.id)
    : closesOfTrades(tradesIn(body, source), window)
}

function* candlesIn(body: string, source: HttpJsonSource): Generator<Candle> {
  for (const { time, value } of rowsIn(body, source)) yield { time, close: value }
}

function* tradesIn(body: string, source: HttpJsonSource): Generator<Trade> {
  for (const { time, value } of rowsIn(body, source)) yield { time, price: value }
}

/** A row: its time in Unix seconds, exactly, and its close or its price, as text. */
type Row = { readonly time: Rational; readonly value: string }

function* rowsIn(body: string, source: HttpJsonSource): Generator<Row> {
  const { id, pointers } = source
  const unitsPerSecond = unitsPerSecondOf(source)
  const [name, at] = 'close' in pointers ? ['close', pointers.close] : ['price', pointers.price]
  const rows = pointTo(parse(body, id), pointers.rows)
  if (!Array.isArray(rows)) throw new JsonShapeError(id, `an array at "${pointers.rows}"`)
  for (const [i, row] of rows.entries()) {
    const time = pointTo(row, pointers.time)
    const value = pointTo(row, at)
    if (typeof time !== 'string') throw new JsonShapeError(id, `a time at "${pointers.time}" of row ${i}`)
    // A candle without trades: some venues write null.
    if (value === null || value === '') continue
    if (typeof value !== 'string') throw new JsonShapeError(id, `a ${name} at "${at}" of row ${i}`)
    const instant = instantOf(time, unitsPerSecond)
    // Of a candle that opens at no number nothing is taken; a trade without a time may be any candle's last.
    if (instant === undefined && name === 'close') continue
    if (instant === undefined) throw new JsonShapeError(id, `a time in digits at "${pointers.time}" of row ${i}`)
    yield { time: instant, value }
  }
}

function parse(body: string, id: string): unknown {
  try {
    return parseExactJson(body)
  } catch {
    throw new JsonShapeError(id, 'JSON')
  }
}

/** A response is not what the index document says of the source. */
export class JsonShapeError extends Error {
  override readonly name = 'Source.JsonShapeError'
  readonly sourceId: string
  constructor(sourceId: string, want: string) {
    super(`Expected ${want} from ${sourceId}, got something else. Check the source's pointers.`)
    this.sourceId = sourceId
  }
}
