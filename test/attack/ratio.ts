/**
 * Distances of the attacked game, written from the specification and not from the code under test. Values are whole
 * numbers > 0 around {@link TRUTH}, small enough that every product is exact in a double; `Infinity` stands for INVALID,
 * which is infinitely far from every number.
 */
export const PPM = 1_000_000

/** What the index really printed. A ppm of it is ten values wide. */
export const TRUTH = 10_000_000

/** INVALID as the game writes it. */
export const INVALID = Infinity

/** Whether two values may both be candidates: at least `separationPpm` of the smaller apart. */
export function isSeparated(a: number, b: number, separationPpm: number): boolean {
  return a !== b && Math.abs(a - b) * PPM >= separationPpm * Math.min(a, b)
}

/** Whether a is strictly nearer to the number f than b is. */
export function isNearer(a: number, b: number, f: number): boolean {
  if (a === INVALID || b === INVALID) return a !== INVALID && b === INVALID
  return Math.abs(a - f) * Math.min(b, f) < Math.abs(b - f) * Math.min(a, f)
}

/** Whether a is at most `ppm` of the smaller away from the number f. */
export function isWithin(a: number, f: number, ppm: number): boolean {
  return Math.abs(a - f) * PPM <= ppm * Math.min(a, f)
}

/** The distance of two numbers, ppm, rounded: to place values near a border, never to compare them. */
export function roundedDistance(a: number, b: number): number {
  return (Math.abs(a - b) * PPM) / Math.min(a, b)
}

/** The largest value at most `ppm` above f: what an observer of f with that much noise may see at most. */
export function highest(f: number, ppm: number): number {
  return f + Math.floor((f * ppm) / PPM)
}

/** The smallest value at most `ppm` below f, measured by the smaller. */
export function lowest(f: number, ppm: number): number {
  return Math.ceil((f * PPM) / (PPM + ppm))
}

/** The first value above p that is `ppm` of the smaller away. */
export function firstAbove(p: number, ppm: number): number {
  return p + Math.ceil((p * ppm) / PPM)
}

/** The first value below p that is `ppm` of the smaller away. */
export function firstBelow(p: number, ppm: number): number {
  return Math.floor((p * PPM) / (PPM + ppm))
}

/**
 * The straddle trap: no candidate is nearer to the observation than every other by more than twice the noise, so that it
 * depends on the noise which of them a ruling will be nearest to. Exact: `max/min` of the farther is more than that of the
 * nearer times `(1 + noise)^2`.
 */
export function isStraddled(own: number, values: readonly number[], noisePpm: number): boolean {
  const numbers = values.filter((value) => value !== INVALID)
  const clear = (a: number, b: number): boolean => {
    const near = BigInt(Math.max(a, own)) * BigInt(Math.min(b, own)) * (BigInt(PPM) + BigInt(noisePpm)) ** 2n
    const far = BigInt(Math.max(b, own)) * BigInt(Math.min(a, own)) * BigInt(PPM) ** 2n
    return near < far
  }
  return !numbers.some((a) => numbers.every((b) => a === b || clear(a, b)))
}
