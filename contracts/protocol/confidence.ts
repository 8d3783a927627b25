import { candlesOf, type SourceSamples } from './aggregate.ts'
import type { IndexDocument } from './index-document.ts'
import { ceilingOf, compare, median, PPM, type Rational } from './rational.ts'

/** What an observation knows beside its value: how far it is from a guess. */
export type Confidence = {
  /** How many sources had the candle that fewest had. */
  readonly sources: number
  /** The widest gap between two sources' closes of one candle, ppm of that candle's median, rounded up. */
  readonly spreadPpm: bigint
}

/** How sure an observation of these samples is. Without a candle, of nothing. */
export function confidenceOf(document: IndexDocument, samples: readonly SourceSamples[]): Confidence {
  const { candles } = candlesOf(document, samples)
  const counts = candles.map(({ present }) => present.length)
  const spreads = candles.map(({ present }) => spreadOf(present))
  return {
    sources: counts.length === 0 ? 0 : Math.min(...counts),
    spreadPpm: spreads.reduce((widest, spread) => (spread > widest ? spread : widest), 0n),
  }
}

/** Closes are above zero, and so is their median. */
function spreadOf(closes: readonly Rational[]): bigint {
  const [first, ...rest] = closes
  if (first === undefined) return 0n
  const middle = median([first, ...rest])
  const low = rest.reduce((least, close) => (compare(close, least) < 0 ? close : least), first)
  const high = rest.reduce((most, close) => (compare(close, most) > 0 ? close : most), first)
  const gap = { n: high.n * low.d - low.n * high.d, d: high.d * low.d }
  return ceilingOf({ n: gap.n * middle.d * PPM, d: gap.d * middle.n })
}
