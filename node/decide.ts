import type { Address } from 'viem'
import type { FixingSnapshot } from '#client/oracle-reader.ts'
import type { Fixing } from '#protocol/fixing.ts'
import { decide, type Decision, type PolicyView } from '#protocol/policy.ts'
import type { LedgerPot } from './chain/ledger.ts'

/** What this node knows when it looks at an active fixing. */
export type Knowledge = {
  /** Its own observation, 1e18-scaled. */
  readonly own: bigint | undefined
  /** The report's median. */
  readonly reportValue: bigint | undefined
  /** The index's noise bound. */
  readonly noisePpm: number
}

/**
 * Whether the fixing may cost this node money. Anyone can create a fixing of a known index with an arbitrator of their
 * own, who would rule whatever takes the others' stake: P1 is safe only where arbitrator and backup are.
 */
export function isTrusted(
  { arbitrator, backup }: Pick<Fixing, 'arbitrator' | 'backup'>,
  trusted: readonly Address[],
): boolean {
  const known = new Set(trusted.map((address) => address.toLowerCase()))
  return known.has(arbitrator.toLowerCase()) && known.has(backup.toLowerCase())
}

/** Policy P1 (protocol section 6) on what the chain says at one block; nothing but a translation. */
export function decideOn(snapshot: FixingSnapshot, pots: readonly LedgerPot[], knowledge: Knowledge): Decision {
  const view: PolicyView = {
    round: snapshot.facts.round,
    candidates: snapshot.candidates,
    leaderIndex: snapshot.leaderIndex ?? -1,
    pots: pots.filter(({ round }) => round === snapshot.facts.round),
    separationPpm: snapshot.fixing.separationPpm,
  }
  return decide({ view, ...knowledge })
}
