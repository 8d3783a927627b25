import { sampleOpens } from '#protocol/aggregate.ts'
import type { IndexDocument, SourceSpec } from '#protocol/index-document.ts'

/** The candles wanted of every source. */
export type SampleWindow = {
  /** Unix seconds, oldest first. */
  readonly opens: readonly bigint[]
  /** Where the last candle closes, Unix seconds. */
  readonly end: bigint
}

/** The window of `document` that ends at `maturity`. */
export function sampleWindow(document: IndexDocument, maturity: bigint): SampleWindow {
  const opens = sampleOpens(document, maturity)
  return { opens, end: (opens.at(-1) ?? maturity) + BigInt(document.sampling.intervalSeconds) }
}

/** The template with {base}, {quote}, {start} and {end} filled in, the times in the source's own unit. */
export function fillTemplate(
  template: string,
  document: IndexDocument,
  source: SourceSpec,
  window: SampleWindow,
): string {
  const times = source.timeUnit === 'milliseconds' ? 1000n : 1n
  const fields: Record<string, string> = {
    base: source.base ?? document.base,
    quote: source.quote,
    start: ((window.opens[0] ?? window.end) * times).toString(),
    end: (window.end * times).toString(),
  }
  return template.replaceAll(/\{(base|quote|start|end)\}/g, (whole, name: string) => fields[name] ?? whole)
}

/** One candle as a source gives it: its open in the source's unit, and its close, as text. */
export type Candle = { readonly time: string; readonly close: string }

/**
 * The closes at the window's opens, `undefined` where there is none. Candles outside the window do not count. Throws
 * {@link TwoClosesError} when a source gives two closes for one candle.
 */
export function closesOf(
  candles: Iterable<Candle>,
  window: SampleWindow,
  source: SourceSpec,
): readonly (string | undefined)[] {
  const times = source.timeUnit === 'milliseconds' ? 1000n : 1n
  const place = new Map(window.opens.map((open, i) => [(open * times).toString(), i]))
  const closes = window.opens.map((): string | undefined => undefined)
  for (const { time, close } of candles) {
    const i = place.get(time)
    if (i === undefined) continue
    const known = closes[i]
    if (known !== undefined && known !== close) throw new TwoClosesError(source.id, time, known, close)
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
