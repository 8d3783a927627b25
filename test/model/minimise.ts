import type { Arena } from './arena.ts'
import type { Game } from './game.ts'
import { type Mismatch, judge } from './judge.ts'
import { RULES, type Rules } from './rules.ts'
import { perform } from './scenes.ts'

/** A shorter game that model and contract still disagree on. */
export type Minimised = { readonly game: Game; readonly mismatch: Mismatch }

/** How many shorter games are tried at most: each costs a replay. */
const MOST_TRIES = 200

/**
 * Leaves out steps, halves first and single ones last, as long as model and contract go on disagreeing about anything.
 * What it returns ends at the step that differs.
 */
export async function minimise(arena: Arena, game: Game, mismatch: Mismatch, rules: Rules = RULES): Promise<Minimised> {
  let best: Minimised = { game: cutAfter(game, mismatch.step), mismatch }
  let tries = 0
  for (let size = Math.ceil(best.game.steps.length / 2); size >= 1 && tries < MOST_TRIES; size = Math.floor(size / 2)) {
    for (let from = 0; from < best.game.steps.length && tries < MOST_TRIES; tries += 1) {
      const shorter = { ...best.game, steps: best.game.steps.toSpliced(from, size) }
      const still = judge(arena, shorter, await perform(arena, shorter), rules)
      if (still === undefined) from += size
      else best = { game: cutAfter(shorter, still.step), mismatch: still }
    }
  }
  return best
}

function cutAfter(game: Game, step: number): Game {
  return { ...game, steps: game.steps.slice(0, step + 1) }
}
