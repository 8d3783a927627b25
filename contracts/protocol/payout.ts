import { smaller } from './rational.ts'

/** Share of the losers' stake that burns when the leader's deadline passed, percent (section 3). */
export const TIMEOUT_FORFEIT_PERCENT = 20n

/** Share of the losers' stake that burns after a ruling (of all stake when nobody won), percent (section 3). */
export const RULING_FORFEIT_PERCENT = 40n

/** Over this long after maturity the reward grows from zero to the whole pot, seconds: 6 h (section 3). */
export const REWARD_RAMP = 6n * 3600n

/** What decides how the stake of a settled fixing is divided. Amounts are bond-token wei. */
export type StakeFacts = {
  readonly outcome: 'timeout' | 'ruling' | 'expiry'
  /** A: all stake, an appeal's included, its fee not. */
  readonly total: bigint
  /** W: the stake on the winner; `undefined` when a ruling matched no candidate, and on expiry. */
  readonly winnerStake: bigint | undefined
  /** a: the appeal's stake, 0 without one. */
  readonly appealStakeOfRound: bigint
  /** F. */
  readonly arbitrationFee: bigint
  /** Whether the winner is the value that was appealed for. */
  readonly appealedWins: boolean
}

/**
 * How stake is divided, bond-token wei: `sink + sponsorBonus + shared = A`. On expiry the bonus is F, which is not part
 * of A: then every receipt is paid back one to one.
 */
export type Division = {
  /** To the sink (the burn address). */
  readonly sink: bigint
  /** sp: to the sponsors of the appeal, on top of their stake's share. */
  readonly sponsorBonus: bigint
  /** To the winning stake; to all stake when nobody won. */
  readonly shared: bigint
  /** What `shared` is divided by: W, or A when nobody won. */
  readonly base: bigint
  /** a and F of the appeal, so that its receipts can be valued; both 0 without one. */
  readonly appealStake: bigint
  readonly appealFee: bigint
}

/** Divides the stake of a settled fixing. Every division rounds down: against the claimant. */
export function divideStake(facts: StakeFacts): Division {
  const { outcome, total, winnerStake, arbitrationFee: fee } = facts
  const appeal = { appealStake: facts.appealStakeOfRound, appealFee: facts.appealStakeOfRound > 0n ? fee : 0n }
  if (outcome === 'expiry') return { sink: 0n, sponsorBonus: appeal.appealFee, shared: total, base: total, ...appeal }
  const losing = total - (winnerStake ?? 0n)
  const sink = (losing * (outcome === 'timeout' ? TIMEOUT_FORFEIT_PERCENT : RULING_FORFEIT_PERCENT)) / 100n
  const sponsorBonus = smaller(bonusCap(facts), losing - sink)
  return { sink, sponsorBonus, shared: total - sink - sponsorBonus, base: winnerStake ?? total, ...appeal }
}

/** As {@link divideStake} when the leader's deadline passed: no arbitrator is paid and no sponsor. */
export function byTimeout(total: bigint, winnerStake: bigint): Division {
  const noAppeal = { appealStakeOfRound: 0n, arbitrationFee: 0n, appealedWins: false }
  return divideStake({ outcome: 'timeout', total, winnerStake, ...noAppeal })
}

/** As {@link divideStake} after a ruling. */
export function byRuling(facts: Omit<StakeFacts, 'outcome'>): Division {
  return divideStake({ outcome: 'ruling', ...facts })
}

/** What `burned` stake receipts of the winner (of any candidate when nobody won or on expiry) are worth, wei. */
export function stakePayout(burned: bigint, split: Division): bigint {
  if (split.base === 0n) return 0n
  return (burned * split.shared) / split.base
}

/** What `burned` of the a + F appeal receipts are worth when the appealed value won, nobody won, or on expiry, wei. */
export function appealPayout(burned: bigint, split: Division): bigint {
  const { appealStake, appealFee } = split
  if (appealStake === 0n) return 0n
  return (burned * (stakePayout(appealStake, split) + split.sponsorBonus)) / (appealStake + appealFee)
}

/**
 * The whole reward of the first candidate when it won: the share of the reward pot that `elapsedSeconds` from
 * maturity to proposal are of the six-hour ramp, wei.
 */
export function reward(pot: bigint, elapsedSeconds: bigint): bigint {
  return (pot * smaller(elapsedSeconds, REWARD_RAMP)) / REWARD_RAMP
}

/** What `burned` of the first proposal's `bond` receipts earn of its reward, wei, beside {@link stakePayout}. */
export function rewardPayout(burned: bigint, bond: bigint, wholeReward: bigint): bigint {
  return (burned * wholeReward) / bond
}

/** What a requester is repaid after a ruling: one and a half fees, if the reward pot has them. On expiry it is F. */
export function requestRepayment(arbitrationFee: bigint, rewardPot: bigint): bigint {
  return smaller((3n * arbitrationFee) / 2n, rewardPot)
}

/** What `burned` of `pot` fund receipts get back when the reward or a request used `used` of it, wei. */
export function fundRefund(burned: bigint, pot: bigint, used: bigint): bigint {
  if (pot === 0n) return 0n
  return (burned * (pot - used)) / pot
}

function bonusCap({ outcome, winnerStake, arbitrationFee, appealedWins, appealStakeOfRound }: StakeFacts): bigint {
  if (outcome !== 'ruling' || appealStakeOfRound === 0n) return 0n
  if (winnerStake === undefined) return arbitrationFee
  return appealedWins ? (3n * arbitrationFee) / 2n : 0n
}
