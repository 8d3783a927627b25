import { readClose, sampleOpens } from '#protocol/aggregate.ts'
import { MAX_DECIMAL_LENGTH, parseDecimal } from '#protocol/decimal.ts'
import type { IndexDocument } from '#protocol/index-document.ts'
import type { SourceSpec, TimedSource } from '#protocol/index-source.ts'
import { compare, type Rational } from '#protocol/rational.ts'
import { fillTemplate } from '#protocol/url-template.ts'

/** The candles wanted of every source: each opens where the one before it closes. */
export type SampleWindow = {
  /** Unix seconds, oldest first. */
  readonly opens: readonly bigint[]
  /** Where each of them closes. */
  readonly closes: readonly bigint[]
  /** Where the last candle closes, Unix seconds. */
  readonly end: bigint
}

/** The window of `document` that ends at `maturity`. */
export function sampleWindow(document: IndexDocument, maturity: bigint): SampleWindow {
  const opens = sampleOpens(document, maturity)
  const closes = opens.map((open) => open + BigInt(document.sampling.intervalSeconds))
  return { opens, closes, end: closes.at(-1) ?? maturity }
}

/** The URL that a template makes for the window. */
export function urlFor(
  template: string,
  document: IndexDocument,
  source: TimedSource,
  { opens: [first], end }: SampleWindow,
): string {
  return fillTemplate(template, document, source, { start: first ?? end, end })
}

/** One candle as a source gives it: its open in Unix seconds, exactly, and its close as text. */
export type Candle = { readonly time: Rational; readonly close: string }

/** A decimal in a source's unit, in seconds; undefined for a text that is none. */
export function instantOf(text: string, unitsPerSecond: bigint): Rational | undefined {
  const time = decimalOf(text)
  return time === undefined ? undefined : { n: time.n, d: time.d * unitsPerSecond }
}

/** A decimal as a fraction; undefined for a text that is none. */
export function decimalOf(text: string): Rational | undefined {
  try {
    return parseDecimal(text)
  } catch {
    return undefined
  }
}

/**
 * The text if it can be a close: it is not longer than a number, and Unicode. Of others, which count for nothing, nothing is signed:
 * neither peers nor a file of evidence pass them on.
 */
export function closeIn(text: string): string | undefined {
  return text.length <= MAX_DECIMAL_LENGTH && text.isWellFormed() ? text : undefined
}

/**
 * The closes at the window's opens, `undefined` where there is none. Candles outside the window do not count, nor does what {@link closeIn} does not take. Of several texts for
 * one candle those that do not count give way to those that do; of the rest the {@link plainerFirst} one is taken. Throws
 * {@link TwoClosesError} when two that count are not equal.
 */
export function closesAt(
  candles: Iterable<Candle>,
  { opens }: SampleWindow,
  source: SourceSpec,
): readonly (string | undefined)[] {
  const place = new Map(opens.map((open, i) => [open, i]))
  const closes = opens.map((): string | undefined => undefined)
  for (const { time, close } of candles) {
    const open = time.n / time.d
    const i = open * time.d === time.n ? place.get(open) : undefined
    if (i === undefined || closeIn(close) === undefined) continue
    const known = closes[i]
    closes[i] = known === undefined || known === close ? close : oneOf(known, close, source, open)
  }
  return closes
}

/** Orders texts of one number, whatever their source's order: the shorter first, then the one whose text is. */
export function plainerFirst(a: string, b: string): number {
  return a.length - b.length || Number(a > b) - Number(a < b)
}

/** Which of two texts is the close of the candle that opens then. */
function oneOf(a: string, b: string, source: SourceSpec, open: bigint): string {
  const [first, second] = [readClose(source, a), readClose(source, b)]
  if (typeof first === 'string' && typeof second !== 'string') return b
  if (typeof second === 'string' && typeof first !== 'string') return a
  const areEqual = typeof first === 'string' || typeof second === 'string' || compare(first, second) === 0
  if (!areEqual) throw new TwoClosesError(source.id, open, a, b)
  return plainerFirst(a, b) < 0 ? a : b
}

/** A source contradicts itself. */
export class TwoClosesError extends Error {
  override readonly name = 'Source.TwoClosesError'
  readonly sourceId: string
  constructor(sourceId: string, time: bigint, first: string, second: string) {
    super(`Expected one close of ${sourceId} at ${time}, got ${first} and ${second}. Check what the venue serves.`)
    this.sourceId = sourceId
  }
}
