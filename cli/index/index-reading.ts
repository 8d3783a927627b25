import type { Hex } from 'viem'
import { fetchSamples, type SampleOptions, type Sampling } from '#node/source'
import { type Aggregate, aggregate, type CandleMedian, type Medians, mediansOf } from '#protocol/aggregate.ts'
import { formatValue } from '#protocol/decimal.ts'
import { type Fixing, VALUE_SCALE } from '#protocol/fixing.ts'
import { type IndexDocument, indexId } from '#protocol/index-document.ts'
import { printable } from '#protocol/printable.ts'
import { floorOf, type Rational } from '#protocol/rational.ts'
import { sourcesRoot } from '#protocol/samples.ts'
import { machineClock } from '../clock.ts'
import type { Context } from '../context.ts'
import { formatColumns, formatTime } from '../format.ts'
import type { ReadingFlags } from '../options.ts'

/** Everything that was read of an index at one maturity, and what follows from it. */
export type IndexReading = {
  readonly document: IndexDocument
  /** Unix seconds. */
  readonly maturity: bigint
  readonly sampling: Sampling
  readonly candles: readonly CandleMedian[]
  /** The sources that gave at least one close that counts, also where there is no value. */
  readonly used: Medians['used']
  readonly result: Aggregate
  /** What an observation would commit to; undefined without a close. */
  readonly root: Hex | undefined
}

/** Reads the sources of an index now, as a node does. */
export async function readIndexNow(
  document: IndexDocument,
  maturity: bigint,
  options: SampleOptions,
): Promise<IndexReading> {
  return readingOf(document, maturity, await fetchSamples(document, maturity, options))
}

/** What follows from `sampling`, which was read for `maturity`. */
export function readingOf(document: IndexDocument, maturity: bigint, sampling: Sampling): IndexReading {
  const { samples, opens } = sampling
  const hasClose = samples.some(({ closes }) => closes.some((close) => close !== undefined))
  const root = hasClose ? sourcesRoot(samples, opens) : undefined
  const { candles, used } = mediansOf(document, samples)
  const result = aggregate(document, samples)
  // A source that failed has no samples: that is not why.
  const dropped = result.dropped.filter(({ sourceId }) => !sampling.failures.some((one) => one.sourceId === sourceId))
  return { document, maturity, sampling, candles, used, result: { ...result, dropped }, root }
}

/** Reads the sources of a fixing's index at its maturity, by the options of a command, and says that it does. */
export function readForFixing(
  document: IndexDocument,
  { maturity }: Pick<Fixing, 'maturity'>,
  { prices, sourceRpc }: ReadingFlags,
  { io, env, now, signal }: Context,
): Promise<IndexReading> {
  io.err(`reading ${document.sources.length} sources of ${printable(document.name)} ...`)
  const csvFile = prices ?? env['ASSIZE_CSV_FILE']
  return readIndexNow(document, maturity, { clock: machineClock(now), signal, csvFile, rpcUrls: sourceRpc })
}

/** A reading as lines for people: each source, each candle, then the value or why there is none. */
export function readingLines(reading: IndexReading): string[] {
  const { document, maturity, result, root } = reading
  return [
    `${document.name} at ${formatTime(maturity)}`,
    '',
    ...sourceLines(reading),
    '',
    ...candleLines(reading),
    '',
    ...result.dropped.map(({ sourceId, reason }) => `dropped ${sourceId}: ${reason}`),
    ...(root === undefined ? [] : [`samples ${root}`]),
    result.kind === 'value' ? `value ${formatValue(result.value)} ${document.unit}` : `no value: ${result.reason}`,
  ].map(printable)
}

function sourceLines({ document, sampling }: IndexReading): string[] {
  const rows = document.sources.map(({ id, quote }) => {
    const failure = sampling.failures.find(({ sourceId }) => sourceId === id)
    if (failure !== undefined) return [id, quote, 'failed', '', '', failure.reason]
    const closes = sampling.samples.find(({ sourceId }) => sourceId === id)?.closes ?? []
    const present = closes.filter((close) => close !== undefined)
    return [id, quote, `${present.length} of ${closes.length}`, present[0] ?? '-', present.at(-1) ?? '-', '']
  })
  return trimmed(formatColumns([['source', 'in', 'closes', 'first', 'last', ''], ...rows]))
}

function candleLines({ sampling, candles }: IndexReading): string[] {
  const rows = candles.map(({ median, count, missing }, i) => [
    formatTime(sampling.opens[i] ?? 0n),
    median === undefined ? '-' : decimalOf(median),
    count.toString(),
    missing.join(', '),
  ])
  return trimmed(formatColumns([['candle opens', 'median', 'sources', 'missing'], ...rows]))
}

/** A reading as the one document that `--json` promises: closes as they were printed, medians cut to 1e-18. */
export function readingDocument({ document, maturity, sampling, candles, result, root }: IndexReading): unknown {
  const { samples, failures, opens } = sampling
  return {
    version: 1,
    indexId: indexId(document),
    maturity: maturity.toString(),
    opens: opens.map(String),
    sources: document.sources.map(({ id, quote }) => ({
      id,
      quote,
      closes: samples.find(({ sourceId }) => sourceId === id)?.closes.map((close) => close ?? null) ?? null,
      failure: failures.find(({ sourceId }) => sourceId === id)?.reason ?? null,
    })),
    medians: candles.map(({ median }) => (median === undefined ? null : decimalOf(median))),
    dropped: result.dropped,
    sourcesRoot: root ?? null,
    value: result.kind === 'value' ? formatValue(result.value) : null,
    abstained: result.kind === 'value' ? null : result.reason,
  }
}

function decimalOf(value: Rational): string {
  return formatValue(floorOf({ n: value.n * VALUE_SCALE, d: value.d }))
}

function trimmed(lines: readonly string[]): string[] {
  return lines.map((line) => line.trimEnd())
}
