import type { Dispute } from '../dispute.ts'
import type { Random } from '../random.ts'
import type { CourtStage } from './stage.ts'
import type { CourtStep, CourtWorld } from './terms.ts'

/** A history in the making. */
export type Draft = {
  readonly random: Random
  readonly world: CourtWorld
  readonly stage: CourtStage
  readonly steps: CourtStep[]
  /** What is proposed and ruled. */
  readonly pool: readonly bigint[]
  /** How many in a hundred moves lack something. */
  readonly faults: number
}

/** What somebody does, whenever. */
export type CourtMove = Omit<CourtStep, 'time'>

/** Plays a step and keeps it. */
export function add(draft: Draft, step: CourtStep): void {
  draft.stage.play(step)
  draft.steps.push(step)
}

/** A fixing that it is the arbitrator's turn to rule on, mostly; else any. */
export function fixingAtTurn({ random, stage }: Draft): number {
  const { oracle, arbitrator } = stage
  const due = oracle.disputes.flatMap((dispute, index) => {
    const isOurs = dispute.currentArbitrator(oracle.now) === arbitrator.terms.address
    return dispute.phase(oracle.now) === 'Arbitration' && isOurs ? [index] : []
  })
  return due.length > 0 && random.chance(80) ? random.pick(due) : random.below(oracle.fixings.length)
}

/** A fixing of which a turn ends now or in a second. */
export function fixingAtEdge({ stage }: Draft): number | undefined {
  const { now, disputes } = stage.oracle
  const at = disputes.findIndex((dispute) => turnEnds(dispute).some((end) => end === now || end === now + 1n))
  return at === -1 ? undefined : at
}

/** When the turns of a fixing that waits for a ruling end. */
export function turnEnds({ arbitratedAt, fixing, ruling }: Dispute): bigint[] {
  if (arbitratedAt === 0n || ruling !== undefined) return []
  const end = arbitratedAt + fixing.arbitrationLimit
  return [end, end + fixing.arbitrationLimit]
}
