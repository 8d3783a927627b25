import type { Address } from 'viem'
import { isAddressEqual } from 'viem/utils'
import { INVALID, type Fixing } from './fixing.ts'

/** What the chain stores of a fixing, as `IMaturityOracle.state` and the ruling give it. Zero = has not happened. */
export type FixingFacts = {
  /** The proposal's bond, bond-token wei; 0 = nothing proposed. */
  readonly bond: bigint
  /** n: how many leaders there have been, 0..4. */
  readonly round: number
  /** The value that leads; 0 = none. */
  readonly leader: bigint
  /** When the leader settles if nothing more happens, Unix seconds. */
  readonly deadline: bigint
  /** When arbitration began, Unix seconds; 0 = it did not. */
  readonly arbitratedAt: bigint
  /** The arbitrator's value; 0 = none yet. */
  readonly ruling: bigint
}

/** Where a fixing stands. */
export type Phase = 'pending' | 'open' | 'active' | 'arbitration' | 'settled'

/** The phases by the contract's `enum Phase`. */
export const PHASES: readonly Phase[] = ['pending', 'open', 'active', 'arbitration', 'settled']

/** How a fixing was settled. */
export type SettledBy = 'none' | 'timeout' | 'ruling' | 'expiry'

/** The outcomes by the contract's `enum Outcome`. */
export const OUTCOMES: readonly SettledBy[] = ['none', 'timeout', 'ruling', 'expiry']

/**
 * Where the fixing stands at `now` (Unix seconds of the block): derived, no transaction needed. Every
 * interval is half-open: a deadline belongs to what comes after it.
 */
export function phaseAt(fixing: Fixing, facts: FixingFacts, now: bigint): Phase {
  if (facts.ruling !== 0n) return 'settled'
  if (facts.arbitratedAt !== 0n) {
    return now < arbitrationEnd(fixing, facts.arbitratedAt) ? 'arbitration' : 'settled'
  }
  if (facts.round > 0) return now < facts.deadline ? 'active' : 'settled'
  if (now < fixing.maturity) return 'pending'
  return now < openEnd(fixing) ? 'open' : 'settled'
}

/** From when on anybody can have a ruling requested on a fixing that nobody has proposed, Unix seconds. */
export function graceEnd({ maturity, proposalGrace }: Pick<Fixing, 'maturity' | 'proposalGrace'>): bigint {
  return maturity + BigInt(proposalGrace)
}

/** When a fixing is settled that nobody has proposed, and on which nobody has requested a ruling, Unix seconds. */
export function openEnd(fixing: Pick<Fixing, 'maturity' | 'proposalGrace' | 'arbitrationLimit'>): bigint {
  return graceEnd(fixing) + BigInt(fixing.arbitrationLimit)
}

/** When a fixing is settled that is arbitrated since `arbitratedAt`, if neither arbitrator has ruled, Unix seconds. */
export function arbitrationEnd({ arbitrationLimit }: Pick<Fixing, 'arbitrationLimit'>, arbitratedAt: bigint): bigint {
  return arbitratedAt + 2n * BigInt(arbitrationLimit)
}

/** How the fixing was settled: 'none' until it is, then by deadline, by ruling, or by nobody's action (expiry). */
export function outcomeAt(fixing: Fixing, facts: FixingFacts, now: bigint): SettledBy {
  if (phaseAt(fixing, facts, now) !== 'settled') return 'none'
  if (facts.ruling !== 0n) return 'ruling'
  return facts.arbitratedAt === 0n && facts.round > 0 ? 'timeout' : 'expiry'
}

/** The settled value (1e18-scaled, INVALID possible), or `undefined` before settlement. Never changes afterwards. */
export function settlementAt(fixing: Fixing, facts: FixingFacts, now: bigint): bigint | undefined {
  const outcome = outcomeAt(fixing, facts, now)
  if (outcome === 'none') return undefined
  if (outcome === 'ruling') return facts.ruling
  return outcome === 'timeout' ? facts.leader : INVALID
}

/** Who may rule, and the first second at which it cannot any more. */
export type Turn = { readonly current: Address; readonly end: bigint }

/** Whose turn it is at `now`: the arbitrator's, after `arbitrationLimit` the backup's; `undefined` outside arbitration. */
export function arbitrationTurn(fixing: Fixing, facts: FixingFacts, now: bigint): Turn | undefined {
  if (phaseAt(fixing, facts, now) !== 'arbitration') return undefined
  const firstEnd = facts.arbitratedAt + BigInt(fixing.arbitrationLimit)
  return now < firstEnd
    ? { current: fixing.arbitrator, end: firstEnd }
    : { current: fixing.backup, end: arbitrationEnd(fixing, facts.arbitratedAt) }
}

/** What the chain says of a fixing at `atTime`, Unix seconds. */
type Seen = { readonly fixing: Fixing; readonly facts: FixingFacts; readonly atTime: bigint }

/** First second at which `arbitrator` cannot rule on the fixing any more; `undefined` while it cannot. */
export function turnEndOf(arbitrator: Address, { fixing, facts, atTime }: Seen): bigint | undefined {
  const turn = arbitrationTurn(fixing, facts, atTime)
  return turn !== undefined && isAddressEqual(turn.current, arbitrator) ? turn.end : undefined
}

/** Who may rule at `now`; `undefined` outside arbitration. */
export function currentArbitrator(fixing: Fixing, facts: FixingFacts, now: bigint): Address | undefined {
  return arbitrationTurn(fixing, facts, now)?.current
}
