import type { IndexDocument } from '#protocol/index-document.ts'
import type { HttpJsonSource } from '#protocol/index-source.ts'
import { printable } from '#protocol/printable.ts'
import { compare, type Rational } from '#protocol/rational.ts'
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
  const closes = httpJsonCloses(body, source, window)
  const lack = closes.every((close) => close === undefined) ? missOf(body, source, window) : undefined
  return { closes, origin: url, body, lack }
}

/** The closes that a response of such an API has. Throws TwoClosesError, {@link JsonShapeError}. */
export function httpJsonCloses(body: string, source: HttpJsonSource, window: SampleWindow): Reading['closes'] {
  return 'close' in source.pointers
    ? closesAt(candlesIn(body, source), window, source)
    : closesOfTrades(tradesIn(body, source), window)
}

function* candlesIn(body: string, source: HttpJsonSource): Generator<Candle> {
  // Of a candle that opens at no number nothing is taken.
  for (const { time, value } of rowsIn(body, source)) if (time !== undefined && value) yield { time, close: value }
}

function* tradesIn(body: string, source: HttpJsonSource): Generator<Trade> {
  for (const { time, value, place } of rowsIn(body, source)) {
    if (decimalOf(value) === undefined) continue
    // A trade without a time may be any candle's last.
    if (time === undefined) throw new JsonShapeError(source.id, ...noTime(source, place))
    yield { time, price: value }
  }
}

/** Why no row has its time in the window, if all are outside it: a venue that counts otherwise than `timeUnit` says, or gives other hours. */
function missOf(body: string, source: HttpJsonSource, { opens: [open = 0n], end }: SampleWindow): string | undefined {
  const unit = unitsPerSecondOf(source)
  const times = [...rowsIn(body, source)].flatMap(({ time }) => time ?? [])
  const [first, ...rest] = times
  const isOutside = times.every(({ n, d }) => n < open * d || n >= end * d)
  if (first === undefined || !isOutside) return undefined
  const earliest = rest.reduce((least, time) => (compare(time, least) < 0 ? time : least), first)
  const latest = rest.reduce((most, time) => (compare(time, most) > 0 ? time : most), first)
  const [from, to] = [earliest, latest].map(({ n, d }) => (n * unit) / d)
  return (
    `Expected rows from ${open * unit} to ${end * unit} (${source.timeUnit}) from ${source.id}, got rows from ${from} to ${to}. ` +
    "Check the source's timeUnit and URL."
  )
}

/** One row: its time in Unix seconds, exactly, if it has one, and its close or its price, as text; "" if it has none. */
type Row = { readonly time: Rational | undefined; readonly value: string; readonly place: Place }
type Place = readonly [index: number, row: unknown]

/** All rows. Throws {@link JsonShapeError} where the pointers find what they should in none of them. */
function* rowsIn(body: string, source: HttpJsonSource): Generator<Row> {
  const { id, pointers } = source
  const unitsPerSecond = unitsPerSecondOf(source)
  const [name, at] = 'close' in pointers ? ['close', pointers.close] : ['price', pointers.price]
  const rows: unknown = pointTo(parse(body, id), pointers.rows)
  if (!Array.isArray(rows)) throw new JsonShapeError(id, `an array at "${pointers.rows}"`, body)
  let fault: Expectation | undefined
  let found = 0
  for (const place of rows.entries()) {
    const [i, row] = place
    const [text, value]: unknown[] = [pointTo(row, pointers.time), pointTo(row, at)]
    const time = typeof text === 'string' ? instantOf(text, unitsPerSecond) : undefined
    // A candle without trades: some venues write null.
    if (time !== undefined && (typeof value === 'string' || value === null)) found += 1
    else
      fault ??= time === undefined ? noTime(source, place) : [`a ${name} at "${at}" of row ${i}`, JSON.stringify(row)]
    yield { time, value: typeof value === 'string' ? value : '', place }
  }
  if (fault !== undefined && found === 0) throw new JsonShapeError(id, ...fault)
}

type Expectation = readonly [want: string, got: string]

function noTime({ pointers }: HttpJsonSource, [i, row]: Place): Expectation {
  return [`a time in digits at "${pointers.time}" of row ${i}`, JSON.stringify(row)]
}

function parse(body: string, id: string): unknown {
  try {
    return parseExactJson(body)
  } catch {
    throw new JsonShapeError(id, 'JSON', body)
  }
}

/** How much of what came is shown, characters. */
const MOST_SHOWN = 120

/** The beginning of what a venue wrote, on one line, harmless to print: it may say itself what is wrong. */
function excerptOf(got: string): string {
  const line = got
    .slice(0, 4 * MOST_SHOWN)
    .replaceAll(/\s+/g, ' ')
    .trim()
  if (line === '') return 'nothing'
  return printable(line.length > MOST_SHOWN ? `${line.slice(0, MOST_SHOWN).toWellFormed()}…` : line.toWellFormed())
}

/** A response is not what the index document says of the source. */
export class JsonShapeError extends Error {
  override readonly name = 'Source.JsonShapeError'
  readonly sourceId: string
  constructor(sourceId: string, want: string, got: string) {
    super(`Expected ${want} from ${sourceId}, got ${excerptOf(got)}. Check the source's pointers.`)
    this.sourceId = sourceId
  }
}
