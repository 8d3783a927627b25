import type { Address } from 'viem'
import type { FixingSnapshot } from '#client/oracle-reader.ts'
import type { Confidence } from '#protocol/confidence.ts'
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

/** How sure an own observation must be before this node puts money on it. */
export type ConfidenceFloor = {
  /** How many sources more than the index needs. */
  readonly spareSources: number
  /** How far apart sources may be; undefined: however far. */
  readonly maxSpreadPpm: number | undefined
}

/**
 * Why an observation is too unsure to act on; undefined: it is not. One of which nothing is known is sure enough where
 * no more is asked for than the index itself does.
 */
export function unsureness(
  confidence: Confidence | undefined,
  minSources: number,
  { spareSources, maxSpreadPpm }: ConfidenceFloor,
): string | undefined {
  if (spareSources === 0 && maxSpreadPpm === undefined) return undefined
  if (confidence === undefined) return 'How sure the own observation is was not kept: no stake on it.'
  const { sources, spreadPpm } = confidence
  const wanted = minSources + spareSources
  if (sources < wanted) {
    return `The own observation is of ${sources} sources, policy.spare_sources wants ${wanted}: no stake on it.`
  }
  if (maxSpreadPpm === undefined || spreadPpm <= BigInt(maxSpreadPpm)) return undefined
  return `The own sources are ${spreadPpm} ppm apart, policy.max_spread_ppm allows ${maxSpreadPpm}: no stake on them.`
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
