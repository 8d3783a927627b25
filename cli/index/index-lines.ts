import type { IndexDocument } from '#protocol/index-document.ts'
import { countingSources, type IndexWarning } from '#protocol/index-warnings.ts'
import { printable } from '#protocol/printable.ts'
import { formatDuration, formatPercent } from '../format.ts'
import type { Io } from '../io.ts'

/** What a document measures, one line each. */
export function indexLines(document: IndexDocument): string[] {
  const { sampling, aggregation, sources, noisePpm } = document
  const length = formatDuration(BigInt(sampling.intervalSeconds))
  const converting = sources.length - countingSources(document).length
  const others = converting === 0 ? '' : `, ${converting} that only convert or never count`
  return [
    `${document.name}: ${document.unit}`,
    `  ${sampling.samples} closes of ${length}, the last at maturity`,
    `  ${countingSources(document).length} sources that count${others}; at least ${aggregation.minSources} in every candle`,
    `  each candle within ${formatPercent(BigInt(aggregation.clampPpm))} of the median; noise ${formatPercent(BigInt(noisePpm))}`,
  ].map(printable)
}

/** Warnings as lines for people. */
export function warningLines(warnings: readonly IndexWarning[], io: Io): string[] {
  return warnings.map(({ field, reason }) => `${io.paint('bad', 'warning:')} ${field}: ${printable(reason)}.`)
}
