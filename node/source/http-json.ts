import type { IndexDocument } from '#protocol/index-document.ts'
import type { HttpJsonSource } from '#protocol/index-source.ts'
import type { Rational } from '#protocol/rational.ts'
import { unitsPerSecondOf } from '#protocol/url-template.ts'
import { download, type DownloadContext } from './download.ts'
import { parseExactJson } from './exact-json.ts'
import { pointTo } from './pointer.ts'
import type { Reading } from './reading.ts'
import { closesOfTrades, type Trade } from './trades.ts'
import { type Candle, closesAt, decimalOf, instantOf, type SampleWindow, urlFor } from './window.ts'

/**
 * Reads candles or trades from a JSON API. Throws DownloadError, TwoClosesError, {@link JsonShapeError}: rows that are none are
 * passed over, but where all are there is something wrong with the pointers.
 */
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
    ? closesAt(candlesIn(body, source), window, source)
    : closesOfTrades(tradesIn(body, source), window)
}

function* candlesIn(body: string, source: HttpJsonSource): Generator<Candle> {
  // Of a candle that opens at no number nothing is taken.
  for (const { time, value } of rowsIn(body, source)) if (time !== undefined) yield { time, close: value }
}

function* tradesIn(body: string, source: HttpJsonSource): Generator<Trade> {
  for (const { i, time, value } of rowsIn(body, source)) {
    if (decimalOf(value) === undefined) continue
    // A trade without a time may be any candle's last.
    if (time === undefined)
      throw new JsonShapeError(source.id, `a time in digits at "${source.pointers.time}" of row ${i}`)
    yield { time, price: value }
  }
}

/** The row `i`: its time in Unix seconds, exactly, if it has one, and its close or its price, as text. */
type Row = { readonly i: number; readonly time: Rational | undefined; readonly value: string }

/** The rows that have a value. Throws {@link JsonShapeError} where the pointers find what they should in none of them. */
function* rowsIn(body: string, source: HttpJsonSource): Generator<Row> {
  const { id, pointers } = source
  const unitsPerSecond = unitsPerSecondOf(source)
  const [name, at] = 'close' in pointers ? ['close', pointers.close] : ['price', pointers.price]
  const rows = pointTo(parse(body, id), pointers.rows)
  if (!Array.isArray(rows)) throw new JsonShapeError(id, `an array at "${pointers.rows}"`)
  let fault: string | undefined
  let found = 0
  for (const [i, row] of rows.entries()) {
    const [time, value] = [pointTo(row, pointers.time), pointTo(row, at)]
    const isTimed = typeof time === 'string'
    // A candle without trades: some venues write null.
    if (isTimed && (typeof value === 'string' || value === null)) found += 1
    else fault ??= `a ${isTimed ? `${name} at "${at}"` : `time at "${pointers.time}"`} of row ${i}`
    if (typeof value !== 'string' || value === '') continue
    yield { i, time: isTimed ? instantOf(time, unitsPerSecond) : undefined, value }
  }
  if (fault !== undefined && found === 0) throw new JsonShapeError(id, fault)
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
