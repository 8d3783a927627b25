import type { Dispute } from './dispute.ts'
import type { Division } from './rules.ts'
import type { Key } from './terms.ts'

/** How the stake of a settled fixing is divided, and over what; undefined when it expired (protocol section 5). */
export function division(dispute: Dispute, now: bigint): (Division & { readonly base: bigint }) | undefined {
  const { rules, staked, fixing, appeal } = dispute
  const how = dispute.outcome(now)
  if (how === 'None' || how === 'Expiry') return undefined
  const winner = dispute.winner(now)
  if (winner === undefined) {
    return { ...rules.divideNone(staked, appeal === undefined ? 0n : fixing.arbitrationFee), base: staked }
  }
  const base = dispute.candidates[winner]?.stake ?? 0n
  if (how === 'Timeout') return { ...rules.divideTimeout(staked, base), base }
  return { ...rules.divideRuling(staked, base, fixing.arbitrationFee, appeal?.candidate === winner), base }
}

/** How much of the reward pot is spent: on candidate 0, or on the request. */
export function rewardUsed(dispute: Dispute, now: bigint): bigint {
  const { rules, rewardPot, fixing } = dispute
  if (dispute.winner(now) === 0) return rules.reward(rewardPot, dispute.proposedAt - fixing.maturity)
  const isRepaid = dispute.requested > 0n && dispute.outcome(now) === 'Ruling'
  return isRepaid ? rules.requestRepayment(fixing.arbitrationFee, rewardPot) : 0n
}

/** What `m` receipts of `key` pay on a settled fixing, wei; an unfilled pot's are refunded 1:1. */
export function worth(dispute: Dispute, key: Key, m: bigint, now: bigint): bigint {
  if (key.kind === 'Fund') return dispute.rules.fundRefund(m, dispute.rewardPot, rewardUsed(dispute, now))
  if (key.kind === 'Request') return requestWorth(dispute, m, now)
  if (!dispute.potAt(key).isComplete) return m
  return stakeWorth(dispute, key, m, now)
}

function requestWorth(dispute: Dispute, m: bigint, now: bigint): bigint {
  return dispute.outcome(now) === 'Expiry' ? m : (m * rewardUsed(dispute, now)) / dispute.requested
}

function stakeWorth(dispute: Dispute, key: Key, m: bigint, now: bigint): bigint {
  const split = division(dispute, now)
  if (split === undefined) return m
  const { rules, fixing, appeal } = dispute
  const winner = dispute.winner(now)
  if (winner !== undefined && dispute.candidates[winner]?.value !== key.value) return 0n
  if (key.kind === 'Appeal') return rules.appealPay(m, appeal?.stake ?? 0n, fixing.arbitrationFee, split, split.base)
  const stake = rules.stakePay(m, split.shared, split.base)
  if (key.round !== 0 || winner !== 0) return stake
  return stake + (m * rewardUsed(dispute, now)) / dispute.bond
}
