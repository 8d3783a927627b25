import type { TimedSource } from './index-source.ts'

/** A window, Unix seconds: the first candle's open and the last one's end. */
type Span = { readonly start: bigint; readonly end: bigint }

/** Some hour of which a venue could be asked. */
const AN_HOUR: Span = { start: 1_678_532_400n, end: 1_678_536_000n }

const FIELD = /\{(base|quote|start|end)\}/g

/** The template with {base}, {quote}, {start} and {end} filled in, the times in the source's own unit; other braces stay. */
export function fillTemplate(
  template: string,
  document: { readonly base: string },
  source: TimedSource,
  { start, end }: Span,
): string {
  const times = unitsPerSecondOf(source)
  const fields: Record<string, string> = {
    base: source.base ?? document.base,
    quote: source.quote,
    start: (start * times).toString(),
    end: (end * times).toString(),
  }
  return template.replaceAll(FIELD, (whole, name: string) => fields[name] ?? whole)
}

/** What looks like a field of the template and is none, for example {strat}: it stays as it is. */
export function unknownFields(template: string): readonly string[] {
  return [...new Set(template.replaceAll(FIELD, ' ').match(/\{[A-Za-z_]\w*\}/g))]
}

/** What the template makes of some window. */
export function exampleUrl(template: string, document: { readonly base: string }, source: TimedSource): string {
  return fillTemplate(template, document, source, AN_HOUR)
}

/** What a source's times count. */
export function unitsPerSecondOf({ timeUnit }: TimedSource): bigint {
  return timeUnit === 'milliseconds' ? 1000n : 1n
}
