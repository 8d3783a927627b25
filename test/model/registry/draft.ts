import type { Random } from '../random.ts'
import type { RegistryStep } from './action.ts'
import type { RegistryStage, RegistryWorld } from './history.ts'

/** A history in the making. */
export type Draft = {
  readonly random: Random
  readonly world: RegistryWorld
  readonly stage: RegistryStage
  readonly steps: RegistryStep[]
  /** What is reported, proposed and ruled. */
  readonly pool: readonly bigint[]
  /** How many in a hundred moves lack something. */
  readonly faults: number
  /** How many in a hundred moves of the clock go to a moment rather than take a minute. */
  readonly haste: number
}

/** Plays a step and keeps it. */
export function add(draft: Draft, step: RegistryStep): void {
  draft.stage.play(step)
  draft.steps.push(step)
}
