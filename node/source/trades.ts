import { compare, floorOf, type Rational } from '#protocol/rational.ts'
import type { SampleWindow } from './window.ts'

/** One trade: its time in Unix seconds, exactly, and its price as text. */
export type Trade = { readonly time: Rational; readonly price: string }

/** The last of a candle's trades so far; `price` is undefined if that instant has more than one. */
type Last = { readonly time: Rational; readonly price: string | undefined }

/**
 * The closes of the window's candles, `undefined` where there is none, of trades in any order: the price of the last
 * trade from the open on and before the end. A candle has no close without a trade, if its last instant has two prices,
 * or without a trade at its end or later: the response may have been cut off within it.
 */
export function closesOfTrades(trades: Iterable<Trade>, window: SampleWindow): readonly (string | undefined)[] {
  const lasts = window.opens.map((): Last | undefined => undefined)
  let latest: Rational | undefined
  for (const trade of trades) {
    if (latest === undefined || compare(trade.time, latest) > 0) latest = trade.time
    const i = candleAt(trade.time, window)
    if (i >= 0 && i < lasts.length) lasts[i] = laterOf(lasts[i], trade)
  }
  return window.closes.map((end, i) =>
    latest !== undefined && compare(latest, { n: end, d: 1n }) >= 0 ? lasts[i]?.price : undefined,
  )
}

/** Which candle an instant is in, counted from the first; below 0 or past the last if in none. */
function candleAt({ n, d }: Rational, { opens: [open = 0n], closes: [end = open + 1n] }: SampleWindow): number {
  return Number(floorOf({ n: n - open * d, d: (end - open) * d }))
}

function laterOf(last: Last | undefined, trade: Trade): Last {
  if (last === undefined) return trade
  const order = compare(trade.time, last.time)
  if (order > 0) return trade
  if (order < 0 || last.price === trade.price) return last
  return { time: last.time, price: undefined }
}
