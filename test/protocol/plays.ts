import { DEFAULT_PARAMETERS } from '#protocol/fixing.ts'
import { BOND, type Market } from '../attack/market.ts'
import { TRUTH } from '../attack/ratio.ts'

/** The largest fee that the bounds allow for the game's bond. */
export const FEE = (2 * BOND) / 5

/** The game's terms for the code under test. */
export const terms = { ...DEFAULT_PARAMETERS, minBond: BigInt(BOND), arbitrationFee: BigInt(FEE), openInterest: 0n }

/** Values that are far from the truth and from each other. */
export const LIES = [TRUTH * 2, TRUTH * 3, TRUTH * 4, TRUTH * 5]

/** Every value that could lead next; of the new ones only the first, since they are alike. */
export function followers(one: Market, values: readonly number[]): readonly number[] {
  const known = one.candidates.map(({ value }) => value)
  const fresh = values.filter((value) => !known.includes(value) && value !== TRUTH).slice(0, 1)
  const truth = known.includes(TRUTH) ? [] : [TRUTH]
  return [...known.filter((_, i) => i !== one.leader), ...fresh, ...truth]
}

/** The place of a value among the candidates, or the next free one. */
export function indexIn(one: Market, value: number): number {
  const known = one.candidates.findIndex((candidate) => candidate.value === value)
  return known < 0 ? one.candidates.length : known
}
