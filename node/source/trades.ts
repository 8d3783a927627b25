import { parseDecimal } from '#protocol/decimal.ts'
import { compare, floorOf, type Rational } from '#protocol/rational.ts'
import { plainerFirst, type SampleWindow } from './window.ts'

/** One trade: its time in Unix seconds, exactly, and its price as text. */
export type Trade = { readonly time: Rational; readonly price: string }

/** The last instant of a candle's trades so far, and the prices of all trades then. */
type Last = { readonly time: Rational; readonly prices: string[] }

/**
 * The closes of the window's candles, `undefined` where there is none, of trades in any order: the price of the last
 * trade from the open on and before the end; of several at that instant the lower median. A candle has no close without a trade,
 * or without a trade at its end or later: the response may have been cut off within it. Throws parseDecimal's error for a price
 * among several that is no decimal.
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
    latest !== undefined && compare(latest, { n: end, d: 1n }) >= 0 ? lowerMedian(lasts[i]?.prices ?? []) : undefined,
  )
}

/** Which candle an instant is in, counted from the first; below 0 or past the last if in none. */
function candleAt({ n, d }: Rational, { opens: [open = 0n], closes: [end = open + 1n] }: SampleWindow): number {
  return Number(floorOf({ n: n - open * d, d: (end - open) * d }))
}

function laterOf(last: Last | undefined, { time, price }: Trade): Last {
  const order = last === undefined ? 1 : compare(time, last.time)
  if (last === undefined || order > 0) return { time, prices: [price] }
  if (order === 0) last.prices.push(price)
  return last
}

/** One of the prices, whatever their order: nobody takes the close away by a trade more, and one price of many moves it little. */
function lowerMedian(prices: readonly string[]): string | undefined {
  if (prices.length < 2) return prices[0]
  const sorted = prices
    .map((text) => ({ text, value: parseDecimal(text) }))
    .toSorted((a, b) => compare(a.value, b.value) || plainerFirst(a.text, b.text))
  return sorted[(sorted.length - 1) >> 1]?.text
}
