import { existsSync, readFileSync } from 'node:fs'
import type { SourceSamples } from '#protocol/aggregate.ts'

/** Where real closes lie beside a checkout, for those who have them; nothing of them is committed. */
const FOLDER = new URL('../../../shared/data/', import.meta.url)

/** One CSV of `time,venue_pair,…`: closes by the open of their candle. */
export type Closes = { readonly columns: readonly string[]; readonly rows: ReadonlyMap<bigint, readonly string[]> }

/** The file's closes, or `undefined` where the data is not at hand. */
export function readCloses(name: string): Closes | undefined {
  const file = new URL(name, FOLDER)
  if (!existsSync(file)) return undefined
  const [head = '', ...lines] = readFileSync(file, 'utf8').trim().split(/\r?\n/)
  const rows = lines.map((line): [bigint, string[]] => {
    const [time = '', ...closes] = line.split(',')
    return [BigInt(time), closes]
  })
  return { columns: head.split(',').slice(1), rows: new Map(rows) }
}

/** The window's closes of every column; `quoteOf` says what currency a column is in. */
export function windowOf(
  closes: Closes,
  opens: readonly bigint[],
  quoteOf: (column: string) => string,
): SourceSamples[] {
  return closes.columns.map((column, i) => ({
    sourceId: column,
    quote: quoteOf(column),
    closes: opens.map((open) => closes.rows.get(open)?.[i] || undefined),
  }))
}
