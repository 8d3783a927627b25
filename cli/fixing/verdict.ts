import type { FixingSnapshot } from '#client/oracle-reader.ts'
import { isSeparated } from '#protocol/distance.ts'
import { INVALID } from '#protocol/fixing.ts'
import { type Decision, decide } from '#protocol/policy.ts'
import { PPM } from '#protocol/rational.ts'
import type { FixingView } from './fixing-view.ts'
import { formatIndexValue, formatMoment, formatPercent } from '../format.ts'

/** A value that was read of an index, and how far two honest readings of it may be apart. */
export type OwnValue = { readonly value: bigint; readonly noisePpm: number }

/**
 * What one's own value says of what stands on chain:
 * - `nothing`: nothing stands yet.
 * - `agrees`: an honest node would leave what stands alone (policy P1).
 * - `differs`: it would not, or the own value is another claim.
 */
export type Verdict =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'agrees' | 'differs'; readonly standing: bigint; readonly isSettled: boolean }

/** Compares the own value with the settlement, else with the leader and with every candidate that is nearer. */
export function verdictOf(own: OwnValue, view: FixingView): Verdict {
  const { settlement, leaderIndex, facts, fixing } = view.snapshot
  const standing = settlement ?? (leaderIndex === undefined ? undefined : facts.leader)
  if (standing === undefined) return { kind: 'nothing' }
  const isDisputable = decisionOn(own, view).action !== 'none'
  const isOther = isSeparated(own.value, standing, fixing.separationPpm)
  return { kind: isDisputable || isOther ? 'differs' : 'agrees', standing, isSettled: settlement !== undefined }
}

/** What an honest node with that value would stake on, by policy P1 (R-310); nothing outside the active phase. */
export function decisionOn({ value, noisePpm }: OwnValue, { snapshot, pots }: FixingView): Decision {
  const { phase, facts, candidates, leaderIndex = 0, fixing } = snapshot
  if (phase !== 'active') return { action: 'none', reason: 'Nothing can be staked now.' }
  const { separationPpm } = fixing
  const policy = { round: facts.round, candidates, leaderIndex, pots, separationPpm }
  return decide({ view: policy, own: value, noisePpm, reportValue: undefined })
}

/** How far `value` is from `own`: `499.9 above (19.994 %)`; by name where one of them is no number. Cut, not rounded. */
export function gapText(value: bigint, own: bigint): string {
  if (value === own) return 'the same'
  if (value === INVALID) return 'no value, where there is one'
  const gap = value > own ? value - own : own - value
  return `${formatIndexValue(gap, 6)} ${value > own ? 'above' : 'below'} (${formatPercent((gap * PPM) / own)})`
}

/** What stands, as a line's worth: who leads until when, or what it settled as. */
export function standingText({ phase, fixing, facts, atTime, settlement, outcome }: FixingSnapshot): string {
  const leader = formatIndexValue(facts.leader, 18)
  switch (phase) {
    case 'pending':
      return `not due before ${formatMoment(fixing.maturity, atTime)}`
    case 'open':
      return `no proposal; open since ${formatMoment(fixing.maturity, atTime)}`
    case 'active':
      return `${leader} leads round ${facts.round} and settles ${formatMoment(facts.deadline, atTime)} unless disputed`
    case 'arbitration':
      return `${facts.round === 0 ? 'nothing was proposed' : `${leader} leads`}; before the arbitrator since ${formatMoment(facts.arbitratedAt, atTime)}`
    case 'settled':
      return `settled ${settlement === undefined ? '' : formatIndexValue(settlement, 18)} by ${outcome}`
  }
}

/** What the verdict comes to in words. */
export function verdictText(verdict: Verdict, own: bigint): string {
  if (verdict.kind === 'nothing') return 'nothing stands yet'
  const { standing, kind, isSettled } = verdict
  const stands = `${formatIndexValue(standing, 18)} is ${gapText(standing, own)}`
  if (kind === 'agrees')
    return standing === own ? `${stands}: right` : `${stands}, as near as claims can be told apart: right`
  return `${stands}: ${isSettled ? 'it settled wrong' : 'wrong'}`
}
