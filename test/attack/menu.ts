import type { Market } from './market.ts'
import { firstAbove, firstBelow, highest, INVALID, lowest, roundedDistance, TRUTH } from './ratio.ts'

/** How fine the attacker's values are. */
export type Grid = {
  readonly separationPpm: number
  readonly noisePpm: number
  /** Grid steps in one separation. */
  readonly steps: number
  /** How far the grid reaches to either side of the truth, in grid steps. */
  readonly reach: number
}

/** Every grid value, and some that are far off: outside every band, on both sides, and INVALID. */
export function gridValues({ separationPpm, steps, reach }: Grid): readonly number[] {
  const values: number[] = [TRUTH * 2, TRUTH / 2, INVALID]
  for (let k = -reach; k <= reach; k += 1) values.push(Math.round(TRUTH * (1 + separationPpm / 1e6) ** (k / steps)))
  return values
}

/**
 * Values at which something changes, each with its neighbour on the other side: exactly the separation from a candidate or
 * an observation; as near to an observation as another candidate, give or take twice the noise; and separation and twice
 * the noise from an observation. Values that the market refuses are left for it to refuse.
 */
export function criticalValues(market: Market, observations: readonly number[], grid: Grid): readonly number[] {
  const { separationPpm: separation, noisePpm: noise } = grid
  const values: number[] = []
  const candidates = market.candidates.filter(({ value }) => value !== INVALID)
  for (const { value } of candidates) values.push(firstAbove(value, separation), firstBelow(value, separation))
  for (const own of observations) {
    addRing(values, own, separation)
    addRing(values, own, separation + 2 * noise)
    for (const { value } of candidates) {
      const away = roundedDistance(value, own)
      addRing(values, own, away + 2 * noise)
      if (away > 2 * noise) addRing(values, own, away - 2 * noise)
    }
  }
  return values
}

/** Values that pots may be opened at to draw in an observer: up to and just beyond a quarter of the separation. */
export function poolValues(own: number, { separationPpm, steps }: Grid): readonly number[] {
  const values = [...ringAt(own, separationPpm / 4)]
  for (let k = 0; k <= Math.floor(steps / 4); k += 1) {
    values.push(highest(own, (k * separationPpm) / steps), lowest(own, (k * separationPpm) / steps))
  }
  return [...new Set(values)]
}

function addRing(values: number[], own: number, ppm: number): void {
  for (const value of ringAt(own, ppm)) values.push(value)
}

function ringAt(own: number, ppm: number): readonly [number, number, number, number] {
  const high = highest(own, ppm)
  const low = lowest(own, ppm)
  return [high, high + 1, low, low - 1]
}
