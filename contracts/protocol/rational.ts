/** An exact fraction `n / d` with d > 0, not necessarily in lowest terms. All arithmetic on raw samples uses it. */
export type Rational = { readonly n: bigint; readonly d: bigint }

/** One, in parts per million: what every `…Ppm` is a share of. */
export const PPM = 1_000_000n

/** The exact product. */
export function multiply(a: Rational, b: Rational): Rational {
  return { n: a.n * b.n, d: a.d * b.d }
}

/** The exact sum; 0 of none. */
export function sumOf(values: readonly Rational[]): Rational {
  return values.reduce((sum, { n, d }) => ({ n: sum.n * d + n * sum.d, d: sum.d * d }), { n: 0n, d: 1n })
}

/** The smaller of two integers. */
export function smaller(a: bigint, b: bigint): bigint {
  return a < b ? a : b
}

/** The larger of two integers. */
export function larger(a: bigint, b: bigint): bigint {
  return a > b ? a : b
}

/** The largest integer that is not above the value, which may be negative. */
export function floorOf({ n, d }: Rational): bigint {
  return n / d - (n < 0n && n % d !== 0n ? 1n : 0n)
}

/** The smallest integer that is not below the value, which may be negative. */
export function ceilingOf({ n, d }: Rational): bigint {
  return -floorOf({ n: -n, d })
}

/** Negative, zero or positive as a is less than, equal to or greater than b. */
export function compare(a: Rational, b: Rational): number {
  const difference = a.n * b.d - b.n * a.d
  if (difference === 0n) return 0
  return difference < 0n ? -1 : 1
}

/** The exact middle value: of an even count the mean of the two middle ones. Needs at least one. */
export function median(values: readonly [Rational, ...Rational[]]): Rational {
  const sorted = values.toSorted(compare)
  const upper = sorted[sorted.length >> 1] ?? values[0]
  if (sorted.length % 2 === 1) return upper
  const lower = sorted[(sorted.length >> 1) - 1] ?? values[0]
  return { n: lower.n * upper.d + upper.n * lower.d, d: 2n * lower.d * upper.d }
}

/** The value, or the nearer end of [low, high] if it is outside. */
export function clamp(value: Rational, low: Rational, high: Rational): Rational {
  if (compare(value, low) < 0) return low
  return compare(value, high) > 0 ? high : value
}

/** `floor(scale * (product of values)^(1 / count))`, exactly, for values > 0: one integer root of one big fraction. */
export function floorGeometricMean(values: readonly Rational[], scale: bigint): bigint {
  const degree = BigInt(values.length)
  const product = values.reduce(multiply, { n: 1n, d: 1n })
  return floorRoot((product.n * scale ** degree) / product.d, degree)
}

/** `floor(radicand^(1 / degree))` for radicand >= 0, degree >= 1, exactly: Newton's iteration, which only falls from above. */
export function floorRoot(radicand: bigint, degree: bigint): bigint {
  if (radicand < 2n || degree === 1n) return radicand
  // One step from anywhere is no longer below, since no arithmetic mean is below the geometric one.
  let root = closer(guessRoot(radicand, Number(degree)), radicand, degree)
  for (;;) {
    const next = closer(root, radicand, degree)
    if (next >= root) return root
    root = next
  }
}

function closer(root: bigint, radicand: bigint, degree: bigint): bigint {
  return ((degree - 1n) * root + radicand / root ** (degree - 1n)) / degree
}

/** The root to some ten digits, by logarithm: from a power of two each step would be a degree-th of the way, of 1440 samples seconds. */
function guessRoot(radicand: bigint, degree: number): bigint {
  const hex = radicand.toString(16)
  const head = hex.slice(0, 13) // 52 bits, which a number holds
  const bits = (Math.log2(Number(`0x${head}`)) + 4 * (hex.length - head.length)) / degree
  const whole = Math.floor(bits)
  const mantissa = BigInt(Math.floor(2 ** (bits - whole + 52)))
  const guess = whole < 52 ? mantissa >> BigInt(52 - whole) : mantissa << BigInt(whole - 52)
  return guess + 1n
}
