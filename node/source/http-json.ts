import type { IndexDocument } from '#protocol/index-document.ts'
import type { HttpJsonSource } from '#protocol/index-source.ts'
import { download, type DownloadContext } from './download.ts'
import { parseExactJson } from './exact-json.ts'
import { pointTo } from './pointer.ts'
import type { Reading } from './reading.ts'
import { type Candle, closesOf, fillTemplate, type SampleWindow } from './window.ts'

/** Reads candles from a JSON API. Throws DownloadError, TwoClosesError, {@link JsonShapeError}. */
export async function readHttpJson(
  document: IndexDocument,
  source: HttpJsonSource,
  window: SampleWindow,
  context: DownloadContext,
): Promise<Reading> {
  const url = fillTemplate(source.url, document, source, window)
  const body = await download(url, source, context)
  return { closes: httpJsonCloses(body, source, window), origin: url, body }
}

/** The closes that a response of such an API has. Throws TwoClosesError, {@link JsonShapeError}. */
export function httpJsonCloses(body: string, source: HttpJsonSource, window: SampleWindow): Reading['closes'] {
  return closesOf(candlesIn(body, source), window, source)
}

function* candlesIn(body: string, { id, pointers }: HttpJsonSource): Generator<Candle> {
  const rows = pointTo(parse(body, id), pointers.rows)
  if (!Array.isArray(rows)) throw new JsonShapeError(id, `an array at "${pointers.rows}"`)
  for (const [i, row] of rows.entries()) {
    const time = pointTo(row, pointers.time)
    const close = pointTo(row, pointers.close)
    if (typeof time !== 'string') throw new JsonShapeError(id, `a time at "${pointers.time}" of row ${i}`)
    // A candle without trades: some venues write null.
    if (close === null || close === '') continue
    if (typeof close !== 'string') throw new JsonShapeError(id, `a close at "${pointers.close}" of row ${i}`)
    yield { time, close }
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
