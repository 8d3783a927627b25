import { type Arena, START_TIME } from './arena.ts'
import { inOrder } from './campaign.ts'
import { Coverage } from './coverage.ts'
import { type Game, Stage } from './game.ts'
import { generate } from './generate.ts'
import { type Mismatch, judge } from './judge.ts'
import { RULES } from './rules.ts'
import type { Performed } from './scene.ts'
import { perform } from './scenes.ts'

/** A game that was replayed, and whether model and contract agreed throughout. */
export type Replayed = {
  readonly game: Game
  readonly performed: readonly Performed[]
  readonly mismatch: Mismatch | undefined
}

/** Replays the game of a seed on the arena's chain and compares it with the model. */
export async function replay(arena: Arena, seed: number): Promise<Replayed> {
  const game = generate(seed, arena.world, START_TIME)
  const performed = await perform(arena, game)
  return { game, performed, mismatch: judge(arena, game, performed) }
}

/** Replays the seeds in [from, from + count), a few at a time, and gives each to `take`, which may end it by false. */
export function replayAll(
  arena: Arena,
  range: { readonly from: number; readonly count: number },
  take: (replayed: Replayed) => boolean,
): Promise<void> {
  return inOrder((seed) => replay(arena, seed), range, take)
}

/** What a game reaches, by name. */
export function coverageOf({ world }: Arena, game: Game): ReadonlyMap<string, number> {
  const stage = new Stage(world, game.fixings, RULES)
  const coverage = new Coverage(stage)
  for (const step of game.steps) {
    coverage.before(step)
    coverage.after(step, stage.play(step))
  }
  return coverage.counts
}
