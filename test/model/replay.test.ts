import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Arena, openArena } from './arena.ts'
import { buildArtifacts } from './artifacts.ts'
import { describeMismatch } from './describe.ts'
import { judge } from './judge.ts'
import { minimise } from './minimise.ts'
import { PLANTED_RULES, type PlantedRules } from './planted-rules.ts'
import { coverageOf, replay, replayAll } from './replay.ts'
import { REQUIRED } from './required.ts'

/** One seed each, from 0; about 50 ms a game when nothing else runs. */
const GAMES = 300

let arena: Arena
const mismatches: string[] = []
const reached = new Set<string>()
const survivors = new Set<PlantedRules>(PLANTED_RULES)

beforeAll(async () => {
  arena = await openArena(await buildArtifacts())
  await replayAll(arena, { from: 0, count: GAMES }, ({ game, performed, mismatch }) => {
    if (mismatch !== undefined) mismatches.push(describeMismatch(game, mismatch))
    for (const name of coverageOf(arena, game).keys()) reached.add(name)
    for (const planted of survivors) {
      if (judge(arena, game, performed, planted.rules) !== undefined) survivors.delete(planted)
    }
    return mismatches.length < 3
  })
})

afterAll(() => arena.stop())

test(`the contract does what the model does in ${GAMES} random games (R-100 to R-303)`, () => {
  expect(mismatches).toEqual([])
})

test('the games reach every transition, error, boundary, division and hostility', () => {
  expect(REQUIRED.filter((name) => !reached.has(name))).toEqual([])
})

test('the games find every bug planted in the model', () => {
  expect([...survivors].map(({ bug }) => bug)).toEqual([])
})

test('the same seed is the same game', async () => {
  const [first, second] = [await replay(arena, 7), await replay(arena, 7)]
  expect(first.game).toEqual(second.game)
  expect(first.performed).toEqual(second.performed)
})

test('a mismatch is reported with its seed, and with the few steps that it takes', async () => {
  const planted = PLANTED_RULES.find(({ bug }) => bug === "an appeal's stake is rounded down")
  const { game, performed } = await replay(arena, await seedThatFinds(planted))
  const mismatch = judge(arena, game, performed, planted?.rules)
  if (mismatch === undefined) throw new Error('Expected the bug to be found.')
  const shorter = await minimise(arena, game, mismatch, planted?.rules)
  expect(shorter.game.steps.length).toBeLessThanOrEqual(6)
  const report = describeMismatch(shorter.game, shorter.mismatch)
  expect(report).toMatch(new RegExp(`^seed ${game.seed}, step ${shorter.mismatch.step}: `))
  expect(report.split('\n').at(-1)).toContain(`${shorter.mismatch.step}. at `)
})

/** The first game that a planted bug differs in. */
async function seedThatFinds(planted: PlantedRules | undefined): Promise<number> {
  for (let seed = 0; ; seed += 1) {
    const { game, performed } = await replay(arena, seed)
    if (judge(arena, game, performed, planted?.rules) !== undefined) return seed
  }
}
