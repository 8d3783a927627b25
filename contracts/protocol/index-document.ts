import canonicalize from 'canonicalize'
import { keccak256, stringToBytes, type Hex } from 'viem'
import { z } from 'zod'
import { CCXT_TIMEFRAMES, currency, indexSource, integer, text, type SourceSpec } from './index-source.ts'
import { repeatedName } from './json.ts'
import { schemaFault } from './schema-fault.ts'
import { exampleUrl } from './url-template.ts'

const MAX_SOURCES = 64
/** Closes of one window, of all sources: of eight a day of minutes (1 440). A peer asks another for them a hundred at a time. */
const MAX_CLOSES = 12_000

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
    sources: z.array(indexSource).min(1).max(MAX_SOURCES),
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

/** Checks and types an index document. Throws {@link IndexDocumentError} naming the first field that is wrong. */
export function parseIndexDocument(json: unknown): IndexDocument {
  const parsed = indexDocument.safeParse(json)
  if (parsed.success) return parsed.data
  const { field, reason } = schemaFault(parsed.error, json)
  throw new IndexDocumentError(field, reason)
}

/** Reads an index document as its author wrote it. Throws SyntaxError for what is no JSON, {@link IndexDocumentError}. */
export function readIndexDocument(written: string): IndexDocument {
  const json: unknown = JSON.parse(written)
  const name = repeatedName(written)
  // Of two values readers take one or the other: the author may mean another index than everybody has.
  if (name !== undefined) throw new IndexDocumentError('', `has ${JSON.stringify(name)} twice in one object`)
  return parseIndexDocument(json)
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

const NO_TIMEFRAME = `is not one of ${Object.keys(CCXT_TIMEFRAMES).join(', ')}, which a ccxt source needs`

type Fault = { path: (string | number)[]; message: string }
type SourceContext = Pick<IndexDocument, 'base' | 'quote' | 'sources' | 'aggregation' | 'sampling'>

function sourceFaults(document: SourceContext): Fault[] {
  const faults: Fault[] = []
  const ids = new Set<string>()
  for (const [i, source] of document.sources.entries()) {
    if (ids.has(source.id)) faults.push({ path: ['sources', i, 'id'], message: `repeats "${source.id}"` })
    ids.add(source.id)
    const message = conversionFault(document, source)
    if (message !== undefined) faults.push({ path: ['sources', i, 'convert'], message })
    const url = 'url' in source && source.url !== undefined ? exampleUrl(source.url, document, source) : undefined
    if (url !== undefined && !URL.canParse(url)) {
      faults.push({ path: ['sources', i, 'url'], message: `makes ${url}, which is no URL` })
    }
    const isServed = source.kind !== 'ccxt' || CCXT_TIMEFRAMES[document.sampling.intervalSeconds] !== undefined
    if (!isServed) faults.push({ path: ['sampling', 'intervalSeconds'], message: NO_TIMEFRAME })
  }
  const counting = document.sources.filter(({ base }) => base === undefined || base === document.base).length
  if (document.aggregation.minSources > counting) {
    faults.push({ path: ['aggregation', 'minSources'], message: `is more than the ${counting} sources of the index` })
  }
  const closes = document.sources.length * document.sampling.samples
  if (closes > MAX_CLOSES) {
    const message = `makes ${closes} closes of the ${document.sources.length} sources, more than ${MAX_CLOSES}`
    faults.push({ path: ['sampling', 'samples'], message })
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
