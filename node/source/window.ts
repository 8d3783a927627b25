import { sampleOpens } from '#protocol/aggregate.ts'
import type { IndexDocument } from '#protocol/index-document.ts'
import type { TimedSource } from '#protocol/index-source.ts'

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

/** The template with {base}, {quote}, {start} and {end} filled in, the times in the source's own unit. */
export function fillTemplate(
  template: string,
  document: IndexDocument,
  source: TimedSource,
  window: SampleWindow,
): string {
  const times = unitsPerSecondOf(source)
  const fields: Record<string, string> = {
    base: source.base ?? document.base,
    quote: source.quote,
    start: ((window.opens[0] ?? window.end) * times).toString(),
    end: (window.end * times).toString(),
  }
  return template.replaceAll(/\{(base|quote|start|end)\}/g, (whole, name: string) => fields[name] ?? whole)
}

/** What a source's times count. */
export function unitsPerSecondOf({ timeUnit }: TimedSource): bigint {
  return timeUnit === 'milliseconds' ? 1000n : 1n
}

/** One candle as a source gives it: its open in the source's unit, and its close, as text. */
export type Candle = { readonly time: string; readonly close: string }

/** The closes of a source whose times are in its own unit: see {@link closesAt}. */
export function closesOf(
  candles: Iterable<Candle>,
  window: SampleWindow,
  source: TimedSource,
): readonly (string | undefined)[] {
  return closesAt(candles, window, unitsPerSecondOf(source), source.id)
}

/**
 * The closes at the window's opens, `undefined` where there is none, of candles whose time counts `unitsPerSecond`.
 * Candles outside the window do not count. Throws {@link TwoClosesError} when there are two closes for one candle.
 */
export function closesAt(
  candles: Iterable<Candle>,
  { opens }: SampleWindow,
  unitsPerSecond: bigint,
  sourceId: string,
): readonly (string | undefined)[] {
  const place = new Map(opens.map((open, i) => [(open * unitsPerSecond).toString(), i]))
  const closes = opens.map((): string | undefined => undefined)
  for (const { time, close } of candles) {
    const i = place.get(time)
    if (i === undefined) continue
    const known = closes[i]
    if (known !== undefined && known !== close) throw new TwoClosesError(sourceId, time, known, close)
    closes[i] = close
  }
  return closes
}

/** A source contradicts itself. */
export class TwoClosesError extends Error {
  override readonly name = 'Source.TwoClosesError'
  readonly sourceId: string
  constructor(sourceId: string, time: string, first: string, second: string) {
    super(`Expected one close of ${sourceId} at ${time}, got ${first} and ${second}. Check what the venue serves.`)
    this.sourceId = sourceId
  }
}
