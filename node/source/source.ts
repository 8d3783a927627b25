import { createHash } from 'node:crypto'
import type { SourceSamples } from '#protocol/aggregate.ts'
import type { IndexDocument, SourceSpec } from '#protocol/index-document.ts'
import type { Clock } from '../clock.ts'
import { readCsv } from './csv.ts'
import type { DownloadContext } from './download.ts'
import { readHttpJson, type Reading } from './http-json.ts'
import { type SampleWindow, sampleWindow } from './window.ts'

/** A source that gave nothing usable, and why. */
export type SourceFailure = { readonly sourceId: string; readonly reason: string }

/** What a response was, so that it can be compared later. The body itself only up to 64 KiB. */
export type RawRecord = {
  readonly sourceId: string
  /** URL or file. */
  readonly origin: string
  readonly sha256: string
  readonly bytes: number
  readonly body?: string
}

/** Everything that was read for one maturity. */
export type Sampling = {
  /** Unix seconds of the candles, oldest first: those of `sampleOpens`. */
  readonly opens: readonly bigint[]
  /** In the document's order of sources; those that failed are left out. */
  readonly samples: readonly SourceSamples[]
  readonly failures: readonly SourceFailure[]
  readonly records: readonly RawRecord[]
}

/** What reading needs from outside. */
export type SampleOptions = {
  readonly clock: Clock
  readonly signal: AbortSignal
  /** Uniform in [0, 1); by default Math.random. */
  readonly random?: () => number
  /** The file of CSV sources without a URL. */
  readonly csvFile?: string | undefined
}

const KEPT_BODY_BYTES = 65_536

/**
 * Reads every source of `document` at once, for the window that ends at `maturity` (Unix seconds). A source that fails
 * is named in `failures` and stops no other. Throws only when `signal` aborts.
 */
export async function fetchSamples(
  document: IndexDocument,
  maturity: bigint,
  options: SampleOptions,
): Promise<Sampling> {
  const window = sampleWindow(document, maturity)
  const context = { ...options, random: options.random ?? Math.random }
  const results = await Promise.all(document.sources.map((source) => readSource(document, source, window, context)))
  const readings = results.filter((result) => result.kind === 'reading')
  return {
    opens: window.opens,
    samples: readings.map(({ source, reading }) => ({
      sourceId: source.id,
      quote: source.quote,
      closes: reading.closes,
    })),
    failures: results.filter((result) => result.kind === 'failure').map(({ failure }) => failure),
    records: readings.map(({ source, reading }) => recordOf(source, reading)),
  }
}

type Result =
  | { readonly kind: 'reading'; readonly source: SourceSpec; readonly reading: Reading }
  | { readonly kind: 'failure'; readonly failure: SourceFailure }

async function readSource(
  document: IndexDocument,
  source: SourceSpec,
  window: SampleWindow,
  context: DownloadContext & { readonly csvFile?: string | undefined },
): Promise<Result> {
  try {
    const reading =
      source.kind === 'csv'
        ? await readCsv(document, source, window, context)
        : await readHttpJson(document, source, window, context)
    return { kind: 'reading', source, reading }
  } catch (error) {
    context.signal.throwIfAborted()
    // Whatever a venue does wrong, the others still count; the reason is journalled by the caller.
    const reason = error instanceof Error ? error.message : String(error)
    return { kind: 'failure', failure: { sourceId: source.id, reason } }
  }
}

function recordOf(source: SourceSpec, { origin, body }: Reading): RawRecord {
  const bytes = Buffer.byteLength(body)
  const sha256 = createHash('sha256').update(body).digest('hex')
  const record = { sourceId: source.id, origin, sha256, bytes }
  return bytes <= KEPT_BODY_BYTES ? { ...record, body } : record
}
