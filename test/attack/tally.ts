import type { Ending } from './market.ts'

/** A play that is worth showing. Amounts in the game's wei, steps in words. */
export type Example = {
  readonly honest: number
  readonly attacker: number
  readonly steps: readonly string[]
}

/** What a search has seen. Plain data, so that it survives a restart. */
export type Tally = {
  /** Markets entered, counted once for each way to get there. */
  states: number
  /** Plays that ended. */
  plays: number
  /** Calls of the honest policy. */
  decisions: number
  /** Plays in which the honest side lost without standing in the straddle trap. */
  lossesOutsideTrap: number
  /** Plays in which it lost in the trap. */
  lossesInTrap: number
  /** Of those, plays in which it lost more than the attacker. */
  lossesAboveAttackers: number
  /** The most that the attacker gained. */
  bestAttack: Example | undefined
  worstOutsideTrap: Example | undefined
  worstInTrap: Example | undefined
  /** The play in the trap that cost the attacker least for what the honest side lost. */
  cheapestInTrap: Example | undefined
  /** How far the furthest leader that nobody disputed was from the truth, ppm. */
  furthestSettled: number
  furthestExample: Example | undefined
}

/** A tally of nothing. */
export function emptyTally(): Tally {
  return {
    states: 0,
    plays: 0,
    decisions: 0,
    lossesOutsideTrap: 0,
    lossesInTrap: 0,
    lossesAboveAttackers: 0,
    bestAttack: undefined,
    worstOutsideTrap: undefined,
    worstInTrap: undefined,
    cheapestInTrap: undefined,
    furthestSettled: 0,
    furthestExample: undefined,
  }
}

/** What a play was, beside how it ended: asked for only where it matters. */
export type Play = {
  readonly ending: Ending
  readonly isTrapped: () => boolean
  readonly describe: () => readonly string[]
}

/** Counts a play that ended. */
export function count(tally: Tally, { ending, isTrapped, describe }: Play): void {
  const { honest, attacker } = ending
  tally.plays += 1
  const example = (): Example => ({ honest, attacker, steps: describe() })
  if (attacker > (tally.bestAttack?.attacker ?? 0)) tally.bestAttack = example()
  if (honest >= 0) return
  if (!isTrapped()) {
    tally.lossesOutsideTrap += 1
    if (honest < (tally.worstOutsideTrap?.honest ?? 0)) tally.worstOutsideTrap = example()
    return
  }
  tally.lossesInTrap += 1
  if (honest < attacker) tally.lossesAboveAttackers += 1
  if (honest < (tally.worstInTrap?.honest ?? 0)) tally.worstInTrap = example()
  if (lossRatio(ending) > lossRatio(tally.cheapestInTrap)) tally.cheapestInTrap = example()
}

/** What the honest side lost for each wei that the attacker lost. */
export function lossRatio(ending: Pick<Ending, 'honest' | 'attacker'> | undefined): number {
  if (ending === undefined || ending.honest >= 0) return 0
  return ending.attacker >= 0 ? Infinity : ending.honest / ending.attacker
}
