import { PPM } from './rational.ts'

const APPEAL_DIVISOR = 9n

/** What a proposal's bond depends on, bond-token wei. */
export type BondTerms = { readonly minBond: bigint; readonly bondPpm: number; readonly openInterest: bigint }

/**
 * The bond d of a proposal, bond-token wei: `max(minBond, floor(bondPpm * openInterest / 1e6))`. Not
 * capped: the oracle refuses a bond above 2^80 instead.
 */
export function bondFor({ minBond, bondPpm, openInterest }: BondTerms): bigint {
  const share = (BigInt(bondPpm) * openInterest) / PPM
  return share > minBond ? share : minBond
}

/**
 * What fills a pot: `2A - 3S`, after which its value holds two thirds of all stake. `total` is all stake A,
 * `stakeOnValue` what the pot's value has, at most a third of it for a value that does not lead.
 */
export function potNeed(total: bigint, stakeOnValue: bigint): bigint {
  return 2n * total - 3n * stakeOnValue
}

/** The stake a of an appeal, a ninth of all stake, rounded up against the sponsors. The fee comes on top. */
export function appealStake(total: bigint): bigint {
  return (total + APPEAL_DIVISOR - 1n) / APPEAL_DIVISOR
}

/** All stake (A) and the stake of each candidate by install index, bond-token wei. */
export type Stakes = { readonly total: bigint; readonly stakes: bigint[] }

/**
 * The stakes that bond d and the history of leaders imply: `leaders[i]` is the install index of the candidate that
 * led round i + 1, `leaders[0] = 0`. An appeal's stake is not included. At most `MAX_LEADERS` steps.
 * INVARIANT: with two or more leaders, S(leader) = 2 (A - S(leader)).
 * Throws {@link LeaderOrderError} for a history that cannot be: an index that skips one, or leads twice running.
 */
export function stakesOf(bond: bigint, leaders: readonly number[]): Stakes {
  let total = 0n
  const stakes: bigint[] = []
  for (const [i, index] of leaders.entries()) {
    if (index < 0 || index > stakes.length || index === leaders[i - 1]) throw new LeaderOrderError(i + 1, index)
    const held = stakes[index] ?? 0n
    const need = i === 0 ? bond : potNeed(total, held)
    stakes[index] = held + need
    total += need
  }
  return { total, stakes }
}

/** A history of leaders that the oracle cannot have had. */
export class LeaderOrderError extends Error {
  override readonly name = 'Bond.LeaderOrderError'
  readonly round: number
  readonly candidateIndex: number

  constructor(round: number, candidateIndex: number) {
    super(
      `Expected a candidate that was installed and did not lead before round ${round}, got index ${candidateIndex}. ` +
        'Read the history from the Led events in block order.',
    )
    this.round = round
    this.candidateIndex = candidateIndex
  }
}
