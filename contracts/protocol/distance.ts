import { INVALID } from './fixing.ts'
import { PPM, smaller } from './rational.ts'

/**
 * Whether a and b can both be candidates: `|a - b| * 1e6 >= separationPpm * min(a, b)`. Distance is a ratio, so
 * inverting the index changes nothing. INVALID is infinitely far from every number. Values are > 0.
 */
export function isSeparated(a: bigint, b: bigint, separationPpm: number): boolean {
  if (a === b) return false
  if (a === INVALID || b === INVALID) return true
  return gap(a, b) * PPM >= BigInt(separationPpm) * smaller(a, b)
}

/**
 * Whether a is strictly nearer to f than b is, exactly: `|a - f| * min(b, f) < |b - f| * min(a, f)`. INVALID
 * is at distance zero from itself and infinitely far from every number.
 */
export function isNearer(a: bigint, b: bigint, f: bigint): boolean {
  const isReachableFromA = (a === INVALID) === (f === INVALID)
  const isReachableFromB = (b === INVALID) === (f === INVALID)
  if (!isReachableFromA || !isReachableFromB) return isReachableFromA && !isReachableFromB
  return gap(a, f) * smaller(b, f) < gap(b, f) * smaller(a, f)
}

/** Whether candidate w is near enough to ruling f to win: `|w - f| * 1e6 <= bandPpm * min(w, f)`; INVALID only INVALID. */
export function isWithinBand(w: bigint, f: bigint, bandPpm: number): boolean {
  if (w === f) return true
  if (w === INVALID || f === INVALID) return false
  return gap(w, f) * PPM <= BigInt(bandPpm) * smaller(w, f)
}

/** A ruling and the candidates it is matched against, in install order (an appealed new value last). */
export type RulingMatch = {
  readonly candidates: readonly bigint[]
  readonly leaderIndex: number
  readonly ruling: bigint
  readonly bandPpm: number
}

/**
 * The index of the candidate a ruling makes the winner: the nearest, ties to the leader, then to the
 * earlier; `undefined` when even that one is outside the band or there is none.
 */
export function winnerOf({ candidates, leaderIndex, ruling, bandPpm }: RulingMatch): number | undefined {
  let index = leaderIndex
  let winner = candidates[leaderIndex]
  if (winner === undefined) return undefined
  for (const [i, candidate] of candidates.entries()) {
    if (!isNearer(candidate, winner, ruling)) continue
    index = i
    winner = candidate
  }
  return isWithinBand(winner, ruling, bandPpm) ? index : undefined
}

function gap(a: bigint, b: bigint): bigint {
  return a > b ? a - b : b - a
}
