import type { FixingSnapshot } from '#client/oracle-reader.ts'
import { currentArbitrator, type FixingFacts, outcomeAt, phaseAt, settlementAt } from '#protocol/phase.ts'
import { FIXING, FIXING_ID, MATURITY } from './reporters.ts'

const NOTHING: FixingFacts = { bond: 0n, round: 0, leader: 0n, deadline: 0n, arbitratedAt: 0n, ruling: 0n }

/** What the oracle would say of the tests' fixing at `now` after these facts. */
export function snapshotOf(
  facts: Partial<FixingFacts>,
  rest: Partial<Pick<FixingSnapshot, 'candidates' | 'staked' | 'atBlock' | 'fixing'>> & {
    readonly now?: bigint
    readonly winner?: bigint
  } = {},
): FixingSnapshot {
  const all = { ...NOTHING, ...facts }
  const { now = MATURITY + 60n, winner, candidates = [], fixing = FIXING } = rest
  const leaderIndex = candidates.findIndex(({ value }) => value === all.leader)
  return {
    id: FIXING_ID,
    fixing,
    atBlock: rest.atBlock ?? 100n,
    atTime: now,
    facts: all,
    phase: phaseAt(fixing, all, now),
    staked: rest.staked ?? candidates.reduce((sum, { stake }) => sum + stake, 0n),
    candidates,
    leaderIndex: leaderIndex === -1 ? undefined : leaderIndex,
    settlement: settlementAt(fixing, all, now),
    outcome: outcomeAt(fixing, all, now),
    winner,
    currentArbitrator: currentArbitrator(fixing, all, now),
  }
}
