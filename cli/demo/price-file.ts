import { readFile } from 'node:fs/promises'
import { EXIT } from '../exit-code.ts'
import type { Market, Venue } from './market.ts'

/** Quote currencies by the suffix of a pair, longest first: usdt before usd. The first is what the demo's index quotes. */
const QUOTES = [
  'usdt',
  'usdc',
  'busd',
  'tusd',
  'fdusd',
  'dai',
  'usd',
  'eur',
  'gbp',
  'jpy',
  'chf',
  'btc',
  'eth',
] as const
const INDEX_QUOTE = 'usd'

const COLUMN = /^([a-z0-9-]+)_([a-z0-9]+)$/
const DECIMAL = /^(?:0|[1-9]\d{0,17})(?:\.\d{1,18})?$/
const TIME = /^[1-9]\d{0,11}$/

/**
 * Reads a file of closes: a header `time,venue_pair,…`, then rows of Unix seconds and one close per venue, empty where
 * nothing traded. The pair's suffix names the quote currency. Throws {@link PriceFileError}.
 */
export async function readPriceFile(path: string): Promise<Market> {
  return parsePriceFile(path, await readText(path))
}

/** As {@link readPriceFile}, from the file's text; `path` is for messages. */
export function parsePriceFile(path: string, text: string): Market {
  const lines = text
    .replace(/^\uFEFF/, '')
    .replace(/\r?\n$/, '')
    .split(/\r?\n/)
  const header = lines[0] ?? ''
  if (header === '') throw new PriceFileError(path, 1, 'time', 'a header "time,venue_pair,…"', 'an empty file')
  const columns = parseHeader(path, header.split(','))
  if (lines.length < 2) throw new PriceFileError(path, 2, 'time', 'at least one row of closes', 'none')
  const closes = columns.map(() => new Map<bigint, string>())
  let last = 0n
  for (const [i, line] of lines.slice(1).entries()) last = parseRow(path, i + 2, line, columns, closes, last)
  const venues = columns.map((column, i): Venue => ({ ...column, health: 'sound', closes: closes[i] ?? new Map() }))
  const counting = venues.filter(({ quote }) => quote === INDEX_QUOTE.toUpperCase())
  return {
    base: venues[0]?.base ?? '',
    quote: INDEX_QUOTE.toUpperCase(),
    venues,
    clean: counting.map((venue) => venue.closes),
    origin: path,
  }
}

/** The file of closes cannot be read. Lines count from 1, the header's; `column` is the header's name of it. */
export class PriceFileError extends Error {
  override readonly name = 'Demo.PriceFileError'
  readonly exitCode = EXIT.usage
  readonly hint = 'The format: a header "time,venue_pair,…", then Unix seconds in order and one close per column.'
  readonly path: string
  readonly line: number
  readonly column: string
  constructor(path: string, line: number, column: string, expected: string, got: string, options?: ErrorOptions) {
    super(`Expected ${expected} in line ${line}, column ${column} of ${path}, got ${got}.`, options)
    this.path = path
    this.line = line
    this.column = column
  }
}

/** There is no such file, or it may not be read. */
export class UnreadableFileError extends Error {
  override readonly name = 'Demo.UnreadableFileError'
  readonly exitCode = EXIT.usage
  readonly hint = 'Check the path given to --prices.'
  readonly path: string
  constructor(path: string, reason: string, options?: ErrorOptions) {
    super(`Expected a readable file at ${path}, got ${reason}.`, options)
    this.path = path
  }
}

type Column = Pick<Venue, 'id' | 'venue' | 'base' | 'quote'>

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'an unknown failure'
    throw new UnreadableFileError(path, code === 'ENOENT' ? 'no file' : code, { cause: error })
  }
}

function parseHeader(path: string, names: string[]): Column[] {
  const fail = (column: string, expected: string, got: string): PriceFileError =>
    new PriceFileError(path, 1, column, expected, got)
  if (names[0] !== 'time') throw fail('1', '"time"', quoted(names[0] ?? ''))
  if (names.length < 2) throw fail('2', 'a column "venue_pair"', 'none')
  const columns = names.slice(1).map((name, i): Column => {
    const [, venue, pair] = COLUMN.exec(name) ?? []
    const quote = QUOTES.find((suffix) => pair?.endsWith(suffix) === true && pair.length > suffix.length)
    if (venue === undefined || pair === undefined) throw fail(String(i + 2), 'a name "venue_pair"', quoted(name))
    if (quote === undefined) throw fail(name, `a pair that ends in one of ${QUOTES.join(', ')}`, quoted(pair))
    return { id: name, venue, base: pair.slice(0, -quote.length).toUpperCase(), quote: quote.toUpperCase() }
  })
  for (const [i, column] of columns.entries()) {
    if (columns.findIndex(({ id }) => id === column.id) < i) throw fail(column.id, 'every column once', 'it twice')
    const base = columns[0]?.base ?? ''
    if (column.base !== base) throw fail(column.id, `a pair of ${base}, as the first column's`, column.base)
  }
  return columns
}

function parseRow(
  path: string,
  line: number,
  row: string,
  columns: readonly Column[],
  closes: readonly Map<bigint, string>[],
  last: bigint,
): bigint {
  const fields = row.split(',')
  if (fields.length !== columns.length + 1) {
    throw new PriceFileError(path, line, 'time', `${columns.length + 1} fields`, String(fields.length))
  }
  const [time = '', ...values] = fields
  if (!TIME.test(time)) throw new PriceFileError(path, line, 'time', 'Unix seconds', quoted(time))
  const open = BigInt(time)
  if (open <= last) throw new PriceFileError(path, line, 'time', `a time after ${last}`, time)
  for (const [i, value] of values.entries()) {
    if (value === '') continue
    if (!DECIMAL.test(value) || /^0(\.0+)?$/.test(value)) {
      throw new PriceFileError(path, line, columns[i]?.id ?? '', 'a decimal above zero', quoted(value))
    }
    closes[i]?.set(open, value)
  }
  return open
}

function quoted(text: string): string {
  return `"${text.length > 40 ? `${text.slice(0, 40)}…` : text}"`
}
