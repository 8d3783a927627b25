import { DEFAULT_PARAMETERS, VALUE_SCALE } from '#protocol/fixing.ts'
import { bondFor } from '#protocol/bond.ts'
import { ONE_ETHER } from '../format.ts'

const DAY = 86_400

/** What each user splits before maturity, wei: 4 000 ETH of open interest, worth stealing from. */
export const SPLITS = { alice: 2_100n * ONE_ETHER, bob: 1_000n * ONE_ETHER, attacker: 1_000n * ONE_ETHER }
/** What alice merges back before maturity. */
export const MERGED = 100n * ONE_ETHER
/** What carol pays the attacker for her P, wei. */
export const SALE = 700n * ONE_ETHER
/** Bob's reward for a prompt, right proposal. */
export const REWARD = ONE_ETHER / 2n
/** Bob's reward for attesting it, for each reporter: some ten times what the gas costs the proposer. */
export const ATTESTER_REWARD = ONE_ETHER / 50n
/** P's share at INVALID. */
export const INVALID_SHARE_PPM = 500_000
/** The strike is this share of the index when the series is made, before the crash. */
export const STRIKE_PERCENT = 70n
/** The strike where no index can be read: any will do, the reporters are going to abstain. */
export const FALLBACK_STRIKE = 1_000n * VALUE_SCALE
/** The attacker's value, per cent of the index: N gains by a value that is too high. */
export const LIE_PERCENT = 120n

/** The registry's terms. The stake stays slashable past the worst case of any fixing. */
export const REGISTRY = {
  minStake: ONE_ETHER,
  epochDuration: DAY,
  unbondingDelay: 337 * DAY,
  minBandPpm: DEFAULT_PARAMETERS.bandPpm,
}
/** What the owner of a node begins with beside its stake, wei: gas. */
export const OWNER_GAS = ONE_ETHER / 10n

/** k of the five members. */
export const COUNCIL_THRESHOLD = 3
/** What the demo's councils are said to cost to corrupt, wei. */
export const COUNCIL_COST = 5_000n * ONE_ETHER

/** d: 10 ETH. */
export const BOND = bondFor({
  ...DEFAULT_PARAMETERS,
  openInterest: SPLITS.alice + SPLITS.bob + SPLITS.attacker - MERGED,
})

/** What one node may spend, wei; and what it begins with: limit and gas. The stake is its owner's. */
export type Budget = {
  readonly perPot: bigint
  readonly perFixing: bigint
  readonly maxBond: bigint
  readonly funds: bigint
}

const GAS = ONE_ETHER / 2n

/**
 * Attacked, no node can fill a pot: 0.45 d each against 2 d, then against 0.67 d + F. Five of seven can fill both. The limit
 * for a fixing is twice that for a pot, so seven can always answer and appeal, whoever gave how much to the answer: 3.15 d
 * for the dearest appeal, 3 d + F, and 6.3 d together, more than the 5 d + F that suffice against any attacker. On the honest
 * path a node can pay the bond.
 */
export function budgetOf(isHonest: boolean): Budget {
  const perFixing = isHonest ? (BOND * 12n) / 10n : (BOND * 9n) / 10n
  return {
    perPot: (BOND * 45n) / 100n,
    perFixing,
    maxBond: isHonest ? BOND : perFixing,
    funds: perFixing + GAS,
  }
}
