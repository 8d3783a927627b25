import { requireOneOf } from './argument.ts'
import { RULING_FORFEIT_PERCENT, TIMEOUT_FORFEIT_PERCENT } from './payout.ts'
import { PPM } from './rational.ts'

/** A value with the stake on it and what its live pots of this round hold already, bond-token wei. */
export type StakedValue = { readonly value: bigint; readonly stake: bigint; readonly filled: bigint }

/** How one value stands in the market, all in ppm, rounded down. */
export type Odds = {
  readonly value: bigint
  /** Its share of all stake and live pots. */
  readonly sharePpm: bigint
  /**
   * `1 / (1 + return)` by all stakes and pots as they are; that return nobody is promised: pots that do not fill are
   * refunded. These add up to more than one.
   */
  readonly impliedPpm: bigint
  /** `impliedPpm` scaled so that all values add up to at most one. */
  readonly probabilityPpm: bigint
}

/**
 * The odds that the stakes imply (R-304). Informative only: nothing may act on it but a reader. `by` says which
 * forfeit counts, that of a passed deadline or that of a ruling; appeals' fees and bonuses are left out. Throws ArgumentError for another.
 */
export function oddsOf(values: readonly StakedValue[], by: 'timeout' | 'ruling'): Odds[] {
  requireOneOf('by', by, ['timeout', 'ruling'])
  const staked = values.map(({ value, stake, filled }) => ({ value, amount: stake + filled }))
  const total = staked.reduce((sum, { amount }) => sum + amount, 0n)
  const forfeit = by === 'timeout' ? TIMEOUT_FORFEIT_PERCENT : RULING_FORFEIT_PERCENT
  const implied = staked.map(({ value, amount }) => {
    const sharePpm = total === 0n ? 0n : (amount * PPM) / total
    const gain = ((total - amount) * (100n - forfeit)) / 100n
    const returnPpm = amount === 0n ? 0n : (gain * PPM) / amount
    return { value, sharePpm, impliedPpm: amount === 0n ? 0n : impliedProbability(PPM, returnPpm) }
  })
  const sum = implied.reduce((all, { impliedPpm }) => all + impliedPpm, 0n)
  return implied.map((odds) => ({ ...odds, probabilityPpm: sum === 0n ? 0n : (odds.impliedPpm * PPM) / sum }))
}

/**
 * The probability, ppm, that a trade of receipts implies: paid / (1 + return). `paidPpm` is what was paid per receipt
 * (1 000 000 = par), `returnPpm` what a receipt earns on par if its value wins.
 */
export function impliedProbability(paidPpm: bigint, returnPpm: bigint): bigint {
  return (paidPpm * PPM) / (PPM + returnPpm)
}
