/*
 * The demo's own reading of the index rule, apart from the product's: it imports nothing of it and calculates in another
 * way (integers on one common scale, bisection for the root), so that a fault in either shows as a difference.
 */

/** Closes of one venue by candle open, as printed. */
export type Closes = ReadonlyMap<bigint, string>

/** The index rule in the terms of the audit. */
export type IndexRule = {
  /** The candles of the window by their opens, Unix seconds. */
  readonly opens: readonly bigint[]
  /** How far a minute may stand from the window's median, ppm. */
  readonly clampPpm: bigint
  /** Fewer closes than this in any minute: no value. */
  readonly minSources: number
}

/** Decimals of a value. */
const PLACES = 18
/** A factor 2 for each of the two medians; 1e6 for the clamp. With the decimals of the finest close, all is exact. */
const SCALE = 4n * 1_000_000n
/** A value is above 0 and below the word that stands for INVALID. */
const INVALID = 2n ** 128n - 1n

/**
 * The index value (1e18-scaled, rounded down) of `columns`: per minute the median across columns, clamped to the window's
 * median, then the geometric mean. `undefined` if a minute has fewer closes than the rule wants, or if the mean is no value.
 */
export function auditValue(columns: readonly Closes[], rule: IndexRule): bigint | undefined {
  const closes = rule.opens.map((open) => columns.flatMap((column) => column.get(open) ?? []).map(read))
  if (closes.some(({ length }) => length === 0 || length < rule.minSources)) return undefined
  const places = closes.flat().reduce((most, close) => Math.max(most, close.places), PLACES)
  const minutes = closes.map((minute) =>
    twiceMedian(minute.map((close) => close.digits * power(places - close.places))),
  )
  const centre = twiceMedian(minutes) // 4 x the median close
  const low = centre * (1_000_000n - rule.clampPpm)
  const high = centre * (1_000_000n + rule.clampPpm)
  const clamped = minutes.map((minute) => clamp(minute * 2n * 1_000_000n, low, high))
  const product = clamped.reduce((a, b) => a * b, 1n)
  const value = rootDown(product, BigInt(clamped.length), clamped) / (SCALE * power(places - PLACES))
  return value > 0n && value < INVALID ? value : undefined
}

/** Whether two values are nearer than the separation, both > 0: `|a - b| * 1e6 < separationPpm * min(a, b)`. */
export function isSameValue(a: bigint, b: bigint, separationPpm: number): boolean {
  const [low, high] = a < b ? [a, b] : [b, a]
  return (high - low) * 1_000_000n < BigInt(separationPpm) * low
}

/**
 * The first close that a venue served and its column does not hold, or `undefined`: the replay must be the file to the
 * last digit. `served` may hold fewer candles, never other ones.
 */
export function firstDeviation(
  served: Closes,
  column: Closes,
): { readonly open: bigint; readonly served: string; readonly column: string | undefined } | undefined {
  for (const [open, close] of served) {
    if (column.get(open) !== close) return { open, served: close, column: column.get(open) }
  }
  return undefined
}

/** A close as printed, `20156.55` or `1.2e-06`: `digits` over ten to the power of `places`. */
function read(close: string): { readonly digits: bigint; readonly places: number } {
  const [mantissa = '', exponent = '0'] = close.toLowerCase().split('e')
  const [whole = '', fraction = ''] = mantissa.split('.')
  return { digits: BigInt(whole + fraction), places: fraction.length - Number(exponent) }
}

function power(exponent: number): bigint {
  return 10n ** BigInt(exponent)
}

/** Twice the median: an even count has its two middle values summed, an odd one its middle value doubled. */
function twiceMedian(values: readonly bigint[]): bigint {
  const sorted = values.toSorted((a, b) => (a < b ? -1 : 1))
  const upper = Math.floor(sorted.length / 2)
  const lower = Math.floor((sorted.length - 1) / 2)
  return (sorted[lower] ?? 0n) + (sorted[upper] ?? 0n)
}

function clamp(value: bigint, low: bigint, high: bigint): bigint {
  if (value < low) return low
  return value > high ? high : value
}

/** The largest r with r^n <= product, by bisection between the smallest and the largest factor. */
function rootDown(product: bigint, n: bigint, factors: readonly bigint[]): bigint {
  let low = factors.reduce((a, b) => (a < b ? a : b))
  let high = factors.reduce((a, b) => (a > b ? a : b)) + 1n
  while (high - low > 1n) {
    const middle = (low + high) / 2n
    if (middle ** n <= product) low = middle
    else high = middle
  }
  return low
}
