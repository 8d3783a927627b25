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

/** 18 decimals of a close; a factor 2 for each of the two medians; 1e6 for the clamp. All exact from there on. */
const UNIT = 10n ** 18n
const SCALE = 4n * 1_000_000n

/**
 * The index value (1e18-scaled, rounded down) of `columns`: per minute the median across columns, clamped to the window's
 * median, then the geometric mean. `undefined` if a minute has fewer closes than the rule wants.
 */
export function auditValue(columns: readonly Closes[], rule: IndexRule): bigint | undefined {
  const minutes: bigint[] = []
  for (const open of rule.opens) {
    const closes = columns.flatMap((column) => column.get(open) ?? []).map(toUnits)
    if (closes.length < rule.minSources || closes.length === 0) return undefined
    minutes.push(twiceMedian(closes))
  }
  const centre = twiceMedian(minutes) // 4 x the median close
  const low = centre * (1_000_000n - rule.clampPpm)
  const high = centre * (1_000_000n + rule.clampPpm)
  const clamped = minutes.map((minute) => clamp(minute * 2n * 1_000_000n, low, high))
  const product = clamped.reduce((a, b) => a * b, 1n)
  return rootDown(product, BigInt(clamped.length), clamped) / SCALE
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

function toUnits(close: string): bigint {
  const [whole = '0', fraction = ''] = close.split('.')
  return BigInt(whole) * UNIT + BigInt(fraction.padEnd(18, '0'))
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
