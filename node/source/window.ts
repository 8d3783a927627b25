import { sampleOpens } from '#protocol/aggregate.ts'
import { parseDecimal } from '#protocol/decimal.ts'
import type { IndexDocument } from '#protocol/index-document.ts'
import type { TimedSource } from '#protocol/index-source.ts'
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
  try {
    const { n, d } = parseDecimal(text)
    return { n, d: d * unitsPerSecond }
  } catch {
    return undefined
  }
}

/**
 * The closes at the window's opens, `undefined` where there is none. Candles outside the window do not count. Of equal closes of one
 * candle that are written differently the {@link plainerFirst} one is taken. Throws {@link TwoClosesError} when there are two closes
 * for one candle.
 */
export function closesAt(
  candles: Iterable<Candle>,
  { opens }: SampleWindow,
  sourceId: string,
): readonly (string | undefined)[] {
  const place = new Map(opens.map((open, i) => [open, i]))
  const closes = opens.map((): string | undefined => undefined)
  for (const { time, close } of candles) {
    const open = time.n / time.d
    const i = open * time.d === time.n ? place.get(open) : undefined
    if (i === undefined) continue
    const known = closes[i]
    if (known !== undefined && !isEqual(known, close)) throw new TwoClosesError(sourceId, open, known, close)
    closes[i] = known === undefined || plainerFirst(close, known) < 0 ? close : known
  }
  return closes
}

/** Orders texts of one number, whatever their source's order: the shorter first, then the one whose text is. */
export function plainerFirst(a: string, b: string): number {
  return a.length - b.length || Number(a > b) - Number(a < b)
}

/** Whether both are one number; what is none equals its own text only. */
function isEqual(a: string, b: string): boolean {
  if (a === b) return true
  try {
    return compare(parseDecimal(a), parseDecimal(b)) === 0
  } catch {
    return false
  }
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
