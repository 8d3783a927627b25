import { createHash } from 'node:crypto'
import type { SourceSamples } from '#protocol/aggregate.ts'
import type { IndexDocument } from '#protocol/index-document.ts'
import type { SourceSpec } from '#protocol/index-source.ts'
import { readCcxt } from './ccxt.ts'
import { readChainlink } from './chainlink.ts'
import { readCsv } from './csv.ts'
import { readHttpJson } from './http-json.ts'
import type { ReadContext, Reading } from './reading.ts'
import { readUniswapV3 } from './uniswap-v3.ts'
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
  /** In the document's order of sources; those that could not be read are left out. */
  readonly samples: readonly SourceSamples[]
  /** Of those, and of those that were read and have nothing of the window, where it shows why. */
  readonly failures: readonly SourceFailure[]
  readonly records: readonly RawRecord[]
}

/** What reading needs from outside; `random` is Math.random by default. */
export type SampleOptions = Omit<ReadContext, 'random'> & Partial<Pick<ReadContext, 'random'>>

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
    failures: results.flatMap((result) => failureOf(result) ?? []),
    records: readings.map(({ source, reading }) => recordOf(source, reading)),
  }
}

type Result =
  | { readonly kind: 'reading'; readonly source: SourceSpec; readonly reading: Reading }
  | { readonly kind: 'failure'; readonly failure: SourceFailure }

function failureOf(result: Result): SourceFailure | undefined {
  if (result.kind === 'failure') return result.failure
  const { source, reading } = result
  return reading.lack === undefined ? undefined : { sourceId: source.id, reason: reading.lack }
}

async function readSource(
  document: IndexDocument,
  source: SourceSpec,
  window: SampleWindow,
  context: ReadContext,
): Promise<Result> {
  try {
    return { kind: 'reading', source, reading: await read(document, source, window, context) }
  } catch (error) {
    context.signal.throwIfAborted()
    // Whatever a venue does wrong, the others still count; the reason is journalled by the caller.
    const message = error instanceof Error ? error.message : String(error)
    const [reason = message] = message.split('\n')
    return { kind: 'failure', failure: { sourceId: source.id, reason } }
  }
}

function read(
  document: IndexDocument,
  source: SourceSpec,
  window: SampleWindow,
  context: ReadContext,
): Promise<Reading> {
  switch (source.kind) {
    case 'http-json':
      return readHttpJson(document, source, window, context)
    case 'csv':
      return readCsv(document, source, window, context)
    case 'ccxt':
      return readCcxt(document, source, window, context)
    case 'chainlink':
      return readChainlink(source, window, context)
    case 'uniswap-v3':
      return readUniswapV3(source, window, context)
  }
}

function recordOf(source: SourceSpec, { origin, body }: Reading): RawRecord {
  const bytes = Buffer.byteLength(body)
  const sha256 = createHash('sha256').update(body).digest('hex')
  const record = { sourceId: source.id, origin, sha256, bytes }
  return bytes <= KEPT_BODY_BYTES ? { ...record, body } : record
}
