import { parseDecimal } from './decimal.ts'
import { INVALID, VALUE_SCALE } from './fixing.ts'
import { isConversionSource, type IndexDocument } from './index-document.ts'
import type { SourceSpec } from './index-source.ts'
import { clamp, compare, floorGeometricMean, median, multiply, PPM, type Rational } from './rational.ts'

/** How many stretches of missing candles are named: a source may lack every other one of 1 440. */
const MAX_STRETCHES = 8

/**
 * The raw closes of one source: decimal strings as the venue printed them, `undefined` where it has no candle. Index i
 * belongs to the i-th of {@link sampleOpens}.
 */
export type SourceSamples = {
  readonly sourceId: string
  readonly quote: string
  readonly closes: readonly (string | undefined)[]
}

/** A source, or some of its candles, that did not count or were not there, and why. */
export type DroppedSource = { readonly sourceId: string; readonly reason: string }

/** A value with the sources behind it, or the reason why there is none. */
export type Aggregate =
  | {
      readonly kind: 'value'
      /** Scaled by 1e18, rounded down, > 0. */
      readonly value: bigint
      readonly used: readonly { readonly sourceId: string }[]
      readonly dropped: readonly DroppedSource[]
    }
  | { readonly kind: 'abstain'; readonly reason: string; readonly dropped: readonly DroppedSource[] }

/**
 * The opens, Unix seconds, of the candles whose closes lie in (M - samples * interval, M], oldest first. Venues' candles
 * open at whole multiples of the interval: for a maturity between two, the last candle is the last one closed by then.
 */
export function sampleOpens(document: IndexDocument, maturity: bigint): bigint[] {
  const interval = BigInt(document.sampling.intervalSeconds)
  const end = maturity - (maturity % interval)
  const { samples } = document.sampling
  return Array.from({ length: samples }, (_, i) => end - BigInt(samples - i) * interval)
}

/** One candle across the sources: the exact median of those that have it, and the ids of those that do not. */
export type CandleMedian = {
  readonly count: number
  /** Undefined if no source has the candle. */
  readonly median: Rational | undefined
  readonly missing: readonly string[]
}

/** The candles of a window, the sources that gave at least one usable close, and what did not count. */
export type Medians = {
  readonly candles: readonly CandleMedian[]
  readonly used: readonly { readonly sourceId: string }[]
  readonly dropped: readonly DroppedSource[]
}

/** One candle: the closes of the sources that have it, in the document's currency, and the ids of those that do not. */
export type CandleCloses = { readonly present: readonly Rational[]; readonly missing: readonly string[] }

/**
 * Per candle the closes that count. A source in another currency than the document's counts only through the source that
 * the document names. The order of `samples` does not matter.
 */
export function candlesOf(
  document: IndexDocument,
  samples: readonly SourceSamples[],
): Omit<Medians, 'candles'> & { readonly candles: readonly CandleCloses[] } {
  const dropped: DroppedSource[] = strangers(document, samples)
  const closes = new Map(document.sources.map((source) => [source.id, readCloses(document, source, samples, dropped)]))
  const counting = document.sources.filter((source) => !isConversionSource(document, source))
  const converted = counting.map((source) => ({ source, closes: convertCloses(document, source, closes, dropped) }))
  const candles = Array.from({ length: document.sampling.samples }, (_, i): CandleCloses => ({
    present: converted.flatMap((one) => one.closes[i] ?? []),
    missing: converted.filter((one) => one.closes[i] === undefined).map(({ source }) => source.id),
  }))
  const used = converted.filter((one) => one.closes.some((close) => close !== undefined))
  return { candles, used: used.map(({ source }) => ({ sourceId: source.id })), dropped }
}

/**
 * Per candle the exact median over the sources that have it (even count: mean of the two middle), each in the document's
 * currency. A source in another one counts only through the source its document names. The order of `samples` does not
 * matter.
 */
export function mediansOf(document: IndexDocument, samples: readonly SourceSamples[]): Medians {
  const { candles, ...rest } = candlesOf(document, samples)
  const medians = candles.map(({ present, missing }): CandleMedian => {
    const [first, ...others] = present
    return {
      count: present.length,
      median: first === undefined ? undefined : median([first, ...others]),
      missing,
    }
  })
  return { candles: medians, ...rest }
}

/**
 * The document's value from raw closes, exactly: the {@link mediansOf} the candles, each clamped to within `clampPpm` of
 * the median of those medians, then their geometric mean rounded down to 1e-18. A candle with fewer than `minSources`
 * makes it abstain.
 */
export function aggregate(document: IndexDocument, samples: readonly SourceSamples[]): Aggregate {
  const { candles, used, dropped } = mediansOf(document, samples)
  const medians: Rational[] = []
  for (const [i, candle] of candles.entries()) {
    if (candle.median === undefined || candle.count < document.aggregation.minSources) {
      return { kind: 'abstain', reason: shortage(document, i, candle), dropped }
    }
    medians.push(candle.median)
  }
  const value = clampedMean(medians, document.aggregation.clampPpm)
  if (value === 0n || value >= INVALID) {
    return { kind: 'abstain', reason: `The mean is ${value} units of 1e-18, which is no value of an index.`, dropped }
  }
  return { kind: 'value', value, used, dropped }
}

type Closes = readonly (Rational | undefined)[]

function clampedMean(candles: readonly Rational[], clampPpm: number): bigint {
  const [first, ...rest] = candles
  if (first === undefined) return 0n
  const middle = median([first, ...rest])
  const low = multiply(middle, { n: PPM - BigInt(clampPpm), d: PPM })
  const high = multiply(middle, { n: PPM + BigInt(clampPpm), d: PPM })
  return floorGeometricMean(
    candles.map((candle) => clamp(candle, low, high)),
    VALUE_SCALE,
  )
}

/** The usable closes of one source in its own currency. What is missing or not usable is named in `dropped`. */
function readCloses(
  { sampling }: IndexDocument,
  source: SourceSpec,
  samples: readonly SourceSamples[],
  dropped: DroppedSource[],
): Closes {
  const own = samples.filter(({ sourceId }) => sourceId === source.id)
  const [sample] = own
  const fault = sample === undefined ? 'no samples' : sampleFault(sampling.samples, source, own, sample)
  if (sample === undefined || fault !== undefined) {
    dropped.push({ sourceId: source.id, reason: fault ?? 'no samples' })
    return []
  }
  const missing = lacking(sample.closes)
  if (missing.length > 0) dropped.push({ sourceId: source.id, reason: lackOf(missing, sampling.samples) })
  return sample.closes.map((text, i) => {
    if (text === undefined) return undefined
    const close = readClose(source, text)
    if (typeof close !== 'string') return close
    dropped.push({ sourceId: source.id, reason: `candle ${i}: ${close}` })
    return undefined
  })
}

/** The places, counted from 0, that have nothing. */
function lacking(closes: readonly unknown[]): number[] {
  return closes.flatMap((close, i) => (close === undefined ? [i] : []))
}

function lackOf(missing: readonly number[], samples: number): string {
  return missing.length === samples
    ? 'has no candle of the window'
    : `lacks ${candlesAt(missing)} of the window's ${samples}`
}

/** `candle 2`, `candles 0, 4-6, 9`: ascending places, counted from 0; of many stretches the first ones and how many more. */
function candlesAt(places: readonly number[]): string {
  const stretches: [first: number, last: number][] = []
  for (const place of places) {
    const latest = stretches.at(-1)
    if (latest !== undefined && latest[1] === place - 1) latest[1] = place
    else stretches.push([place, place])
  }
  const named = stretches.slice(0, MAX_STRETCHES)
  const rest = places.length - named.reduce((count, [first, last]) => count + last - first + 1, 0)
  const words = named.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`))
  return `${places.length === 1 ? 'candle' : 'candles'} ${words.join(', ')}${rest === 0 ? '' : ` and ${rest} more`}`
}

function sampleFault(
  want: number,
  source: SourceSpec,
  own: readonly SourceSamples[],
  sample: SourceSamples,
): string | undefined {
  if (own.length > 1) return `sampled ${own.length} times`
  if (sample.quote !== source.quote) return `samples are in ${sample.quote}, the document says ${source.quote}`
  if (sample.closes.length !== want) return `has ${sample.closes.length} candles, the window has ${want}`
  return undefined
}

/** A close of `source` as an exact fraction, or, in words, why it does not count. */
export function readClose({ bounds }: Pick<SourceSpec, 'bounds'>, text: string): Rational | string {
  let close: Rational
  try {
    close = parseDecimal(text)
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
  if (close.n <= 0n) return `close ${text} is not above zero`
  if (bounds === undefined) return close
  const isInside = compare(close, parseDecimal(bounds.min)) >= 0 && compare(close, parseDecimal(bounds.max)) <= 0
  return isInside ? close : `close ${text} is outside ${bounds.min} .. ${bounds.max}`
}

/** The closes in the document's currency: each candle times the same candle of the conversion source. */
function convertCloses(
  document: IndexDocument,
  source: SourceSpec,
  closesOf: ReadonlyMap<string, Closes>,
  dropped: DroppedSource[],
): Closes {
  const closes = closesOf.get(source.id) ?? []
  if (source.quote === document.quote || closes.length === 0) return closes
  if (source.convert === undefined) {
    const reason = `quoted in ${source.quote}, not ${document.quote}, and the document names no source to convert it`
    dropped.push({ sourceId: source.id, reason })
    return []
  }
  const converterId = source.convert.source
  const rates = closesOf.get(converterId) ?? []
  const converted = closes.map((close, i) => {
    const rate = rates[i]
    return close === undefined || rate === undefined ? undefined : multiply(close, rate)
  })
  const lost = lacking(converted).filter((i) => closes[i] !== undefined)
  const reason = `${candlesAt(lost)}: "${converterId}" has no close to convert with`
  if (lost.length > 0) dropped.push({ sourceId: source.id, reason })
  return converted
}

function strangers(document: IndexDocument, samples: readonly SourceSamples[]): DroppedSource[] {
  const known = new Set(document.sources.map(({ id }) => id))
  const unknown = new Set(samples.map(({ sourceId }) => sourceId).filter((id) => !known.has(id)))
  return [...unknown].toSorted().map((id) => ({ sourceId: id, reason: 'not a source of the document' }))
}

function shortage({ sampling, aggregation }: IndexDocument, i: number, { count, missing }: CandleMedian): string {
  return (
    `Candle ${i} of ${sampling.samples} has ${count} of the ${aggregation.minSources} sources it needs; ` +
    `missing: ${missing.join(', ')}.`
  )
}
