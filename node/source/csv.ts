import { open } from 'node:fs/promises'
import type { IndexDocument } from '#protocol/index-document.ts'
import type { CsvSource } from '#protocol/index-source.ts'
import { unitsPerSecondOf } from '#protocol/url-template.ts'
import { download } from './download.ts'
import type { ReadContext, Reading } from './reading.ts'
import { type Candle, closesAt, instantOf, type SampleWindow, urlFor } from './window.ts'

/**
 * Reads candles from two columns of a CSV: from the document's URL, else from the operator's `file`. The first line that names both
 * columns is the header. Fields are not quoted; an empty close is a missing candle, and a line whose time is no decimal, or that has
 * not the header's number of fields, none. Throws DownloadError, TwoClosesError, {@link CsvError}.
 */
export async function readCsv(
  document: IndexDocument,
  source: CsvSource,
  window: SampleWindow,
  context: ReadContext,
): Promise<Reading> {
  const origin = source.url === undefined ? context.csvFile : urlFor(source.url, document, source, window)
  if (origin === undefined) throw new CsvError(source.id, 'a csv_file in the configuration', 'none')
  const body = source.url === undefined ? await readBounded(origin, source) : await download(origin, source, context)
  return { closes: csvCloses(body, source, window), origin, body }
}

/** The closes that such a file has. Throws TwoClosesError, {@link CsvError}. */
export function csvCloses(body: string, source: CsvSource, window: SampleWindow): Reading['closes'] {
  return closesAt(candlesIn(body, source), window, source)
}

async function readBounded(file: string, { id, maxBytes }: CsvSource): Promise<string> {
  try {
    const handle = await open(file, 'r')
    try {
      const { size } = await handle.stat()
      if (size > maxBytes) throw new CsvError(id, `at most ${maxBytes} bytes in ${file}`, `${size}`)
      return await handle.readFile('utf8')
    } finally {
      await handle.close()
    }
  } catch (cause) {
    if (cause instanceof CsvError) throw cause
    throw new CsvError(id, `a readable file ${file}`, 'none', { cause })
  }
}

function* candlesIn(body: string, source: CsvSource): Generator<Candle> {
  const { id, columns } = source
  const unitsPerSecond = unitsPerSecondOf(source)
  const lines = body.replace(/^\uFEFF/, '').split(/\r?\n/)
  const top = headerAt(lines, columns)
  const header = (lines[top] ?? '').split(',')
  const time = columnOf(header, columns.time, id)
  const close = columnOf(header, columns.close, id)
  let torn: string | undefined
  let whole = 0
  for (const line of lines.slice(top + 1)) {
    if (line === '') continue
    const fields = line.split(',')
    if (fields.length !== header.length) {
      torn ??= line
      continue
    }
    whole += 1
    const text = fields[close] ?? ''
    // A comment, or a sum: of a row without a time nothing is taken.
    const at = text === '' ? undefined : instantOf(fields[time] ?? '', unitsPerSecond)
    if (at !== undefined) yield { time: at, close: text }
  }
  if (torn !== undefined && whole === 0) {
    throw new CsvError(id, `${header.length} fields in a line`, `"${torn.slice(0, 60)}"`)
  }
}

/** Which line is the first that names both columns; the very first if none does. */
function headerAt(lines: readonly string[], { time, close }: CsvSource['columns']): number {
  const at = lines.findIndex((line) => {
    const fields = line.split(',')
    return fields.includes(time) && fields.includes(close)
  })
  return Math.max(at, 0)
}

function columnOf(header: readonly string[], name: string, id: string): number {
  const column = header.indexOf(name)
  if (column === -1) throw new CsvError(id, `a column "${name}"`, `columns ${header.join(', ').slice(0, 200)}`)
  return column
}

/** A CSV is not what the index document says of the source. */
export class CsvError extends Error {
  override readonly name = 'Source.CsvError'
  readonly sourceId: string
  constructor(sourceId: string, want: string, got: string, options?: ErrorOptions) {
    super(`Expected ${want} for source ${sourceId}, got ${got}. Check the file and the source's columns.`, options)
    this.sourceId = sourceId
  }
}
