import { readFile } from 'node:fs/promises'
import { parseDecimal } from '#protocol/decimal.ts'
import { printable } from '#protocol/printable.ts'
import { EXIT } from '../exit-code.ts'
import type { DemoOptions } from './demo-options.ts'
import type { Market, Venue } from './market.ts'

/** Quote currencies by the suffix of a pair. One pair may end in several: bnbusd in busd and in usd. */
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

/** Each column becomes a source of an index document: its name, its base of at most 20 letters, and their number are bounded there. */
const COLUMN = /^([a-z0-9][a-z0-9-]*)_([a-z0-9]{1,23})$/
const MAX_NAME = 64
const MAX_COLUMNS = 64
const TIME = /^[1-9]\d{0,11}$/

/** How a file of closes is to be read, beside what it says itself. */
type Wanted = {
  /** What the pairs price, for example BNB; undefined: what all columns can be read as. */
  readonly base?: string | undefined
  /** Of the index that is to be read from it; undefined: any. */
  readonly sampling?: DemoOptions['sampling']
}

/**
 * Reads a file of closes: a header `time,venue_pair,…`, then rows of Unix seconds and one close per venue, empty where
 * nothing traded. The pair's suffix names the quote currency; of several readings of a pair the one counts whose base all
 * columns share. Throws {@link PriceFileError}, {@link TwoReadingsError}, {@link CandleLengthError}, {@link UnreadableFileError}.
 */
export async function readPriceFile(path: string, wanted: Wanted = {}): Promise<Market> {
  return parsePriceFile(path, await readText(path), wanted)
}

/** As {@link readPriceFile}, from the file's text; `path` is for messages. */
export function parsePriceFile(path: string, text: string, { base, sampling }: Wanted = {}): Market {
  const lines = text
    .replace(/^\uFEFF/, '')
    .replace(/\r?\n$/, '')
    .split(/\r?\n/)
  const header = lines[0] ?? ''
  if (header === '') throw new PriceFileError(path, 1, 'time', 'a header "time,venue_pair,…"', 'an empty file')
  const columns = parseHeader(path, header.split(','), base)
  if (lines.length < 2) throw new PriceFileError(path, 2, 'time', 'at least one row of closes', 'none')
  const rows = lines.slice(1).map((line, i) => parseRow(path, i + 2, line, columns))
  checkOrder(path, rows)
  if (sampling !== undefined) {
    checkLength(path, rows, sampling)
    checkGrid(path, rows, BigInt(sampling.intervalSeconds))
  }
  const venues = columns.map((column, i): Venue => ({ ...column, health: 'sound', closes: closesOf(rows, i) }))
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
  constructor(path: string, line: number, column: string, expected: string, got: string) {
    super(`Expected ${expected} in line ${line}, column ${column} of ${path}, got ${got}.`)
    this.path = path
    this.line = line
    this.column = column
  }
}

/** The columns of the header can be of one base as well as of another. */
export class TwoReadingsError extends Error {
  override readonly name = 'Demo.TwoReadingsError'
  readonly exitCode = EXIT.usage
  readonly hint = 'Say with --base what it prices: what stands before the slash.'
  readonly path: string
  readonly column: string
  constructor(path: string, column: string, readings: string) {
    super(`Expected a pair with one reading in line 1, column ${column} of ${path}, got ${readings}.`)
    this.path = path
    this.column = column
  }
}

/** The rows of the file are candles of another length than the index is to have. `line` counts from 1, the header's. */
export class CandleLengthError extends Error {
  override readonly name = 'Demo.CandleLengthError'
  readonly exitCode = EXIT.usage
  readonly hint = 'Give with --interval how long the candles of the file are: a day at most.'
  readonly path: string
  readonly line: number
  constructor(path: string, line: number, wantSeconds: bigint, gotSeconds: bigint) {
    super(
      `Expected rows ${wantSeconds} s apart, as --interval has it, in line ${line}, column time of ${path}, got ${gotSeconds} s.`,
    )
    this.path = path
    this.line = line
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

function parseHeader(path: string, names: string[], base: string | undefined): Column[] {
  const fail = (column: string, expected: string, got: string): PriceFileError =>
    new PriceFileError(path, 1, column, expected, got)
  if (names[0] !== 'time') throw fail('1', '"time"', quoted(names[0] ?? ''))
  if (names.length < 2) throw fail('2', 'a column "venue_pair"', 'none')
  if (names.length - 1 > MAX_COLUMNS) {
    throw fail(String(MAX_COLUMNS + 2), `at most ${MAX_COLUMNS} columns of closes`, String(names.length - 1))
  }
  const columns = names.slice(1).map((name, i): Candidate => {
    const [, venue, pair] = name.length <= MAX_NAME ? (COLUMN.exec(name) ?? []) : []
    if (venue === undefined || pair === undefined) {
      throw fail(String(i + 2), `a name "venue_pair" of at most ${MAX_NAME} small letters and digits`, quoted(name))
    }
    const readings = readingsOf(pair)
    if (readings.size === 0) throw fail(name, `a pair that ends in one of ${QUOTES.join(', ')}`, quoted(pair))
    if (names.indexOf(name) < i + 1) throw fail(name, 'every column once', 'it twice')
    return { id: name, venue, readings }
  })
  const shared = sharedBase(path, columns, base)
  return columns.map(({ id, venue, readings }) => ({ id, venue, base: shared, quote: readings.get(shared) ?? '' }))
}

/** A column with every way to read its pair: quote currency by base. */
type Candidate = Pick<Column, 'id' | 'venue'> & { readonly readings: ReadonlyMap<string, string> }

function readingsOf(pair: string): Map<string, string> {
  const quotes = QUOTES.filter((quote) => pair.endsWith(quote) && pair.length > quote.length)
  return new Map(quotes.map((quote) => [pair.slice(0, -quote.length).toUpperCase(), quote.toUpperCase()]))
}

/** The one base that every column can be of: `wanted`, or what the columns leave. */
function sharedBase(path: string, columns: readonly Candidate[], wanted: string | undefined): string {
  let bases = wanted === undefined ? [...(columns[0]?.readings.keys() ?? [])] : [wanted]
  for (const { id, readings } of columns) {
    const left = bases.filter((base) => readings.has(base))
    if (left.length === 0) {
      const origin = wanted === undefined ? "the columns' before it" : '--base says'
      const want = `a pair of ${bases.join(' or ')}, as ${origin},`
      throw new PriceFileError(path, 1, id, want, pairsOf(readings))
    }
    bases = left
  }
  const [base = '', other] = bases
  const [first] = columns
  if (other === undefined || first === undefined) return base
  throw new TwoReadingsError(path, first.id, pairsOf(first.readings))
}

function pairsOf(readings: ReadonlyMap<string, string>): string {
  return [...readings].map(([base, quote]) => `${base}/${quote}`).join(' or ')
}

/** One row: its time, its line, and its closes by the column's place. */
type Row = { readonly line: number; readonly open: bigint; readonly closes: readonly string[] }

function parseRow(path: string, line: number, row: string, columns: readonly Column[]): Row {
  const fields = row.split(',')
  if (fields.length !== columns.length + 1) {
    throw new PriceFileError(path, line, 'time', `${columns.length + 1} fields`, String(fields.length))
  }
  const [time = '', ...closes] = fields
  if (!TIME.test(time)) throw new PriceFileError(path, line, 'time', 'Unix seconds', quoted(time))
  for (const [i, close] of closes.entries()) {
    if (close === '' || isPositive(close)) continue
    throw new PriceFileError(path, line, columns[i]?.id ?? '', 'a decimal above zero', quoted(close))
  }
  return { line, open: BigInt(time), closes }
}

/** Whether the nodes are going to read it as a close. */
function isPositive(close: string): boolean {
  try {
    return parseDecimal(close).n > 0n
  } catch {
    return false
  }
}

function checkOrder(path: string, rows: readonly Row[]): void {
  let last = 0n
  for (const { line, open } of rows) {
    if (open <= last) throw new PriceFileError(path, line, 'time', `a time after ${last}`, String(open))
    last = open
  }
}

/**
 * A row nearer to the one before it than a candle is long closes earlier than the index would have it. Where no two rows
 * are as near as a candle is long, the rows are longer candles: a window of one would take a close from after its end, and
 * a longer window finds none by itself.
 */
function checkLength(path: string, rows: readonly Row[], { samples, intervalSeconds }: DemoOptions['sampling']): void {
  const gaps = rows.slice(1).map(({ line, open }, i) => ({ line, seconds: open - (rows[i]?.open ?? 0n) }))
  const [first, ...rest] = gaps
  if (first === undefined) return
  const shortest = rest.reduce((least, gap) => (gap.seconds < least.seconds ? gap : least), first)
  const interval = BigInt(intervalSeconds)
  if (shortest.seconds === interval || (shortest.seconds > interval && samples > 1)) return
  throw new CandleLengthError(path, shortest.line, interval, shortest.seconds)
}

/** Candles open at whole multiples of their length: of a file with none there, no maturity has a window. */
function checkGrid(path: string, rows: readonly Row[], interval: bigint): void {
  const [first] = rows
  if (first === undefined || rows.some(({ open }) => open % interval === 0n)) return
  const want = `a whole multiple of the ${interval} s of --interval`
  throw new PriceFileError(path, first.line, 'time', want, String(first.open))
}

function closesOf(rows: readonly Row[], column: number): Map<bigint, string> {
  return new Map(
    rows.map(({ open, closes }) => [open, closes[column] ?? ''] as const).filter(([, close]) => close !== ''),
  )
}

/** What the file says there, as far as a message has room. */
function quoted(text: string): string {
  return printable(`"${text.length > 40 ? `${text.slice(0, 40)}…` : text}"`)
}
