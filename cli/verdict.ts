import type { FixingSnapshot } from '#client/oracle-reader.ts'
import { isSeparated } from '#protocol/distance.ts'
import { INVALID } from '#protocol/fixing.ts'
import type { Connection } from './connection.ts'
import { formatIndexValue, formatPercent, formatRelative, formatTime } from './format.ts'

/**
 * What one's own value says of what stands on chain:
 * - `nothing`: nothing stands yet.
 * - `agrees`: what stands is so near that no other claim can be made beside it.
 * - `differs`: the own value is another claim.
 */
export type Verdict =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'agrees' | 'differs'; readonly standing: bigint; readonly isSettled: boolean }

const PPM = 1_000_000n

/** Compares the own value with the settlement, else with the leader. */
export function verdictOf(own: bigint, { settlement, leaderIndex, facts, fixing }: FixingSnapshot): Verdict {
  const standing = settlement ?? (leaderIndex === undefined ? undefined : facts.leader)
  if (standing === undefined) return { kind: 'nothing' }
  const kind = isSeparated(own, standing, fixing.separationPpm) ? 'differs' : 'agrees'
  return { kind, standing, isSettled: settlement !== undefined }
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
  const when = (time: bigint): string => `${formatTime(time)}${formatRelative(time, atTime)}`
  const leader = formatIndexValue(facts.leader, 18)
  switch (phase) {
    case 'pending':
      return `not due before ${when(fixing.maturity)}`
    case 'open':
      return `no proposal; open since ${when(fixing.maturity)}`
    case 'active':
      return `${leader} leads round ${facts.round} and settles ${when(facts.deadline)} unless disputed`
    case 'arbitration':
      return `${facts.round === 0 ? 'nothing was proposed' : `${leader} leads`}; before the arbitrator since ${when(facts.arbitratedAt)}`
    case 'settled':
      return `settled ${settlement === undefined ? '' : formatIndexValue(settlement, 18)} by ${outcome}`
  }
}

/** What the verdict comes to in words. */
export function verdictText(verdict: Verdict, own: bigint, { fixing }: FixingSnapshot): string {
  const apart = formatPercent(BigInt(fixing.separationPpm))
  switch (verdict.kind) {
    case 'nothing':
      return 'nothing stands yet'
    case 'agrees':
      return `${formatIndexValue(verdict.standing, 18)} is ${gapText(verdict.standing, own)}${verdict.standing === own ? '' : `, nearer than the ${apart} between claims`}: right`
    case 'differs':
      return `${formatIndexValue(verdict.standing, 18)} is ${gapText(verdict.standing, own)}, another claim (${apart} and more): ${verdict.isSettled ? 'it settled wrong' : 'wrong'}`
  }
}

/** What to do about it, as a command; undefined where nothing can be done or needs to be. */
export function remedy(
  verdict: Verdict,
  own: bigint,
  snapshot: FixingSnapshot,
  { paste }: Connection,
): string | undefined {
  const { id, phase, facts, fixing, candidates } = snapshot
  const claim = candidates.find(({ value }) => !isSeparated(value, own, fixing.separationPpm))?.value ?? own
  const name = formatIndexValue(claim, 18)
  if (phase === 'open') return paste('propose', id, name)
  if (phase !== 'active' || verdict.kind !== 'differs') return undefined
  return paste(facts.round >= 2 ? 'appeal' : 'contribute', id, name, 'rest', '--dry-run')
}
