import canonicalize from 'canonicalize'
import { keccak256, stringToBytes, type Hex } from 'viem'
import { z } from 'zod'
import { parseDecimal } from './decimal.ts'
import { compare } from './rational.ts'

const MAX_SOURCES = 64
const MAX_TEXT = 200

const text = z
  .string()
  .min(1)
  .max(MAX_TEXT)
  .refine((value) => value.isWellFormed(), 'is not well-formed Unicode')
const currency = z.string().regex(/^[A-Z0-9]{1,20}$/, 'is not 1 to 20 capital letters and digits')
const sourceId = z.string().regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, 'is not 1 to 64 of a-z, 0-9, ".", "_", "-"')
const integer = (min: number, max: number) => z.number().int().min(min).max(max)
const decimal = z.string().refine(isPositiveDecimal, 'is not a decimal number above 0, written as a string')
const pointer = z.string().regex(/^(\/([^~/]|~[01])*)*$/, 'is not an RFC 6901 pointer such as "/result/0"')

const bounds = z
  .strictObject({ min: decimal, max: decimal })
  .refine(
    ({ min, max }) => !isPositiveDecimal(min) || !isPositiveDecimal(max) || isAtMost(min, max),
    'has min above max',
  )

const sourceFields = {
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
  timeoutMs: integer(100, 120_000),
  maxBytes: integer(1_000, 50_000_000),
  /** The unit of the candles' time, and of {start} and {end}. */
  timeUnit: z.enum(['seconds', 'milliseconds']),
}

const httpJsonSource = z.strictObject({
  kind: z.literal('http-json'),
  ...sourceFields,
  /** Template: {base} and {quote} of this source, {start} the first candle's open, {end} the end of the window. */
  url: z
    .string()
    .max(2_000)
    .regex(/^https?:\/\/\S+$/, 'is not an http or https URL'),
  /** RFC 6901: `rows` from the document to the array of candles, `time` (the open) and `close` within a row. */
  pointers: z.strictObject({ rows: pointer, time: pointer, close: pointer }),
})

const csvSource = z.strictObject({
  kind: z.literal('csv'),
  ...sourceFields,
  /** Template as above; without it the node's own configuration names the file. */
  url: z
    .string()
    .max(2_000)
    .regex(/^https?:\/\/\S+$/, 'is not an http or https URL')
    .exactOptional(),
  /** Header names of the columns that hold a candle's open time and its close. */
  columns: z.strictObject({ time: text, close: text }),
})

const indexDocument = z
  .strictObject({
    version: z.literal(1),
    name: text,
    /** What one unit of collateral is, for example ETH. */
    base: currency,
    /** The currency of the value, for example USD. */
    quote: currency,
    /** The value's unit in words, for example "USD per ETH". */
    unit: text,
    sources: z
      .array(z.discriminatedUnion('kind', [httpJsonSource, csvSource]))
      .min(1)
      .max(MAX_SOURCES),
    sampling: z.strictObject({
      /** Length of a candle, seconds. */
      intervalSeconds: integer(1, 86_400),
      /** How many candles, the last closing at maturity. */
      samples: integer(1, 1_440),
    }),
    aggregation: z.strictObject({
      kind: z.literal('clamped-geometric-mean'),
      /** How far from the window's median a candle may count, ppm of that median. */
      clampPpm: integer(0, 999_999),
      /** Fewer sources with a candle than this, in any candle: abstain. */
      minSources: integer(1, MAX_SOURCES),
    }),
    rounding: z.literal('down'),
    /** Delta of policy P1: how far two honest observations are expected to differ, ppm. */
    noisePpm: integer(0, 50_000),
  })
  .superRefine((document, context) => {
    for (const { path, message } of sourceFaults(document)) context.addIssue({ code: 'custom', path, message })
  })

/** What an index measures: name, unit and quote currency, sources, window, aggregation, rounding and expected noise. */
export type IndexDocument = z.infer<typeof indexDocument>

/** Where one venue's closes come from. */
export type SourceSpec = IndexDocument['sources'][number]

/** A source read over HTTP as JSON candles. */
export type HttpJsonSource = Extract<SourceSpec, { kind: 'http-json' }>

/** A source read from a CSV of candles. */
export type CsvSource = Extract<SourceSpec, { kind: 'csv' }>

/** Checks and types an index document. Throws {@link IndexDocumentError} naming the first field that is wrong. */
export function parseIndexDocument(json: unknown): IndexDocument {
  const parsed = indexDocument.safeParse(json)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  throw new IndexDocumentError(issue === undefined ? '' : issue.path.join('.'), issue?.message ?? 'is not valid')
}

/** The document as RFC 8785 canonical JSON: the same text however its author ordered and spaced it. */
export function canonicalIndex(document: IndexDocument): string {
  const canonical = canonicalize(document)
  if (canonical === undefined) throw new IndexDocumentError('', 'is not a JSON object')
  return canonical
}

/** `keccak256` of the UTF-8 bytes of {@link canonicalIndex}: the `indexId` of fixings. */
export function indexId(document: IndexDocument): Hex {
  return keccak256(stringToBytes(canonicalIndex(document)))
}

/** Whether a source only converts others: it prices something else than the index does. */
export function isConversionSource(document: IndexDocument, source: SourceSpec): boolean {
  return source.base !== undefined && source.base !== document.base
}

type Fault = { path: (string | number)[]; message: string }
type SourceContext = Pick<IndexDocument, 'base' | 'quote' | 'sources' | 'aggregation'>

function sourceFaults(document: SourceContext): Fault[] {
  const faults: Fault[] = []
  const ids = new Set<string>()
  for (const [i, source] of document.sources.entries()) {
    if (ids.has(source.id)) faults.push({ path: ['sources', i, 'id'], message: `repeats "${source.id}"` })
    ids.add(source.id)
    const message = conversionFault(document, source)
    if (message !== undefined) faults.push({ path: ['sources', i, 'convert'], message })
  }
  const counting = document.sources.filter(({ base }) => base === undefined || base === document.base).length
  if (document.aggregation.minSources > counting) {
    faults.push({ path: ['aggregation', 'minSources'], message: `is more than the ${counting} sources of the index` })
  }
  return faults
}

function conversionFault(document: SourceContext, source: SourceSpec): string | undefined {
  if (source.convert === undefined) return undefined
  if (source.quote === document.quote) return `is not needed: "${source.id}" is quoted in ${document.quote}`
  if (source.base !== undefined && source.base !== document.base) return 'is on a source that converts others'
  const converter = document.sources.find(({ id }) => id === source.convert?.source)
  if (converter === undefined) return `names "${source.convert.source}", which is no source of this document`
  if (converter.base !== source.quote || converter.quote !== document.quote) {
    return `names "${converter.id}", which does not give ${document.quote} per ${source.quote}`
  }
  return undefined
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

/** An index document that does not say what an index must say. `field` is the path to what is wrong. */
export class IndexDocumentError extends Error {
  override readonly name = 'IndexDocument.IndexDocumentError'
  readonly field: string
  readonly reason: string

  constructor(field: string, reason: string) {
    super(`Expected a valid index document, got one whose ${field === '' ? 'root' : field} is wrong: ${reason}.`)
    this.field = field
    this.reason = reason
  }
}
