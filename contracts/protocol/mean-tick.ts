/** Significant digits of {@link tickRatio}: far below the noise of any index, and short enough to be read. */
export const TICK_DIGITS = 18

/** Digits after the point of the first attempt, and how many more each further one takes. */
const FIRST_PLACES = 80n
const MORE_PLACES = 80n
/** Bounds of Uniswap v3's ticks. */
const MAX_TICK = 887_272n
const TEN = 10n

/** A mean tick as an exact fraction: a difference of tick cumulatives over as many seconds. */
export type MeanTick = { readonly cumulative: bigint; readonly seconds: bigint }

/**
 * `1.0001^(cumulative / seconds) * 10^shift` as decimal text of {@link TICK_DIGITS} significant digits, rounded down. The
 * mean tick is not rounded to a whole one first. Exact: computed between two bounds that agree on every digit, with more
 * digits until they do. Throws {@link TickError} for `seconds` below 1 or a mean tick that no pool has.
 */
export function tickRatio({ cumulative, seconds }: MeanTick, shift: number): string {
  const isTick = seconds >= 1n && cumulative >= -MAX_TICK * seconds && cumulative <= MAX_TICK * seconds
  if (!isTick) throw new TickError(cumulative, seconds)
  for (let places = FIRST_PLACES; ; places += MORE_PLACES) {
    const { low, high } = power(cumulative, seconds, TEN ** places)
    const [below, above] = [significant(low, places), significant(high, places)]
    if (below.digits === above.digits && below.exponent === above.exponent) {
      return decimalText(below.digits, below.exponent + shift)
    }
  }
}

/** Bounds of a positive number, both times a scale; equal where it is known exactly, as 1.0001 to the fourth is. */
type Bounds = { readonly low: bigint; readonly high: bigint }

/** 1.0001^(cumulative / seconds): a whole power, times the root by its binomial series; of a negative one the inverse. */
function power(cumulative: bigint, seconds: bigint, scale: bigint): Bounds {
  const size = cumulative < 0n ? -cumulative : cumulative
  const bounds = multiply(wholePower(size / seconds, scale), fractionPower(size % seconds, seconds, scale), scale)
  return cumulative < 0n ? invert(bounds, scale) : bounds
}

function wholePower(exponent: bigint, scale: bigint): Bounds {
  const base = (10_001n * scale) / 10_000n
  let result: Bounds = { low: scale, high: scale }
  let square: Bounds = { low: base, high: base }
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if ((rest & 1n) === 1n) result = multiply(result, square, scale)
    square = multiply(square, square, scale)
  }
  return result
}

/**
 * (1 + 1/10000)^(n / d) for 0 <= n < d: the sum of C(n/d, k) / 10000^k. Each term is less than a ten-thousandth of the one
 * before, its error from division included: the sum is off by less than a unit for each term, and one for those left out.
 */
function fractionPower(n: bigint, d: bigint, scale: bigint): Bounds {
  if (n === 0n) return { low: scale, high: scale }
  let sum = scale
  let term = scale
  let k = 1n
  for (; term !== 0n; k += 1n) {
    // C(y, k) = C(y, k - 1) * (y - k + 1) / k
    term = (term * (n - (k - 1n) * d)) / (k * d * 10_000n)
    sum += term
  }
  return { low: sum - 2n * k, high: sum + 2n * k }
}

function multiply(a: Bounds, b: Bounds, scale: bigint): Bounds {
  return { low: (a.low * b.low) / scale, high: ceilingOf(a.high * b.high, scale) }
}

function invert({ low, high }: Bounds, scale: bigint): Bounds {
  return { low: (scale * scale) / high, high: ceilingOf(scale * scale, low) }
}

function ceilingOf(n: bigint, d: bigint): bigint {
  return (n + d - 1n) / d
}

/** The first {@link TICK_DIGITS} digits of `value / 10^places`, cut, and the exponent of the last of them. */
function significant(value: bigint, places: bigint): { digits: bigint; exponent: number } {
  const cut = value.toString().length - TICK_DIGITS
  return { digits: value / TEN ** BigInt(cut), exponent: cut - Number(places) }
}

/** `digits * 10^exponent` as plain decimal text. */
function decimalText(digits: bigint, exponent: number): string {
  if (exponent >= 0) return `${digits}${'0'.repeat(exponent)}`
  const padded = digits.toString().padStart(1 - exponent, '0')
  return `${padded.slice(0, exponent)}.${padded.slice(exponent)}`
}

/** A mean tick that no pool can have. */
export class TickError extends Error {
  override readonly name = 'MeanTick.TickError'

  constructor(cumulative: bigint, seconds: bigint) {
    super(`Expected a mean tick within ${MAX_TICK}, got ${cumulative} over ${seconds} seconds. Check the pool.`)
  }
}
