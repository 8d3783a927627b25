import type { Arena } from './arena.ts'
import type { Game } from './game.ts'
import { type Mismatch, judge } from './judge.ts'
import { RULES, type Rules } from './rules.ts'
import { perform } from './scenes.ts'

/** A shorter game that model and contract still disagree on. */
export type Minimised = { readonly game: Game; readonly mismatch: Mismatch }

/** How many shorter games are tried at most: each costs a replay. */
const MOST_TRIES = 200

/** Cuts a game down as {@link fewestSteps} says. What it returns ends at the step that differs. */
export async function minimise(arena: Arena, game: Game, mismatch: Mismatch, rules: Rules = RULES): Promise<Minimised> {
  const fewest = await fewestSteps(game.steps, mismatch, async (steps) => {
    const shorter = { ...game, steps }
    return judge(arena, shorter, await perform(arena, shorter), rules)
  })
  return { game: { ...game, steps: fewest.steps }, mismatch: fewest.mismatch }
}

/**
 * Leaves out steps, halves first and single ones last, as long as model and contract go on disagreeing about anything,
 * which `differs` says. What it returns ends at the step that differs.
 */
export async function fewestSteps<Step>(
  steps: readonly Step[],
  mismatch: Mismatch,
  differs: (steps: readonly Step[]) => Promise<Mismatch | undefined>,
): Promise<{ readonly steps: readonly Step[]; readonly mismatch: Mismatch }> {
  let best = { steps: steps.slice(0, mismatch.step + 1), mismatch }
  let tries = 0
  for (let size = Math.ceil(best.steps.length / 2); size >= 1 && tries < MOST_TRIES; size = Math.floor(size / 2)) {
    for (let from = 0; from < best.steps.length && tries < MOST_TRIES; tries += 1) {
      const shorter = best.steps.toSpliced(from, size)
      const still = await differs(shorter)
      if (still === undefined) from += size
      else best = { steps: shorter.slice(0, still.step + 1), mismatch: still }
    }
  }
  return best
}
