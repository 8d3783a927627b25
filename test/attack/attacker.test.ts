import { expect, test } from 'vitest'
import { BOND } from './market.ts'
import { search, tasksOf, type Task } from './search.ts'
import { settingNamed, SMALL } from './settings.ts'
import { emptyTally, lossRatio, type Tally } from './tally.ts'

/** Plays all openings of a setting, or those that are asked for, on the small grid. */
function searchAll(name: string, isWanted: (task: Task) => boolean = () => true): Tally {
  const setting = settingNamed(name, SMALL)
  const tally = emptyTally()
  for (const task of tasksOf(setting)) if (isWanted(task)) search(setting, task, tally)
  return tally
}

const inBonds = (wei: number | undefined): number => (wei ?? 0) / BOND

test.each([
  { name: 'p1', isWanted: () => true },
  { name: 'p1-wide', isWanted: ({ observations }: Task) => observations.length === 1 },
])('P1 never loses outside the straddle trap, and in it less than its attacker: $name', ({ name, isWanted }) => {
  const tally = searchAll(name, isWanted)
  expect(tally.plays).toBeGreaterThan(500_000)
  expect({ outside: tally.worstOutsideTrap, losses: tally.lossesOutsideTrap }).toEqual({
    outside: undefined,
    losses: 0,
  })
  expect(tally.lossesAboveAttackers).toBe(0)
  expect(tally.bestAttack).toBeUndefined()
  // The trap is reached, so the claims about it are not empty: at worst 3 d + F are lost, and 0.64 of the attacker's loss.
  expect(inBonds(tally.worstInTrap?.honest)).toBe(-3.4)
  expect(lossRatio(tally.cheapestInTrap)).toBeCloseTo(7 / 11, 9)
})

test('the same search robs the policy that challenges only beyond the separation of 0.8 d for each d', () => {
  const tally = searchAll('naive', ({ proposer }) => proposer === 'honest')
  expect(inBonds(tally.bestAttack?.attacker)).toBe(0.8)
  expect(inBonds(tally.bestAttack?.honest)).toBe(-1)
  expect(tally.lossesOutsideTrap).toBeGreaterThan(0)
})

test('the policy that challenges only beyond the separation loses more when it answers a lie first', () => {
  const tally = searchAll('naive', ({ observations }) => observations.length === 1)
  expect(inBonds(tally.bestAttack?.attacker)).toBe(1.4)
  expect(inBonds(tally.bestAttack?.honest)).toBe(-2)
})

test('P1 told the noise of observations alone is robbed where the ruling is as noisy', () => {
  const tally = searchAll('p1-noisy-ruling', ({ observations }) => observations.length === 1)
  expect(inBonds(tally.bestAttack?.attacker)).toBe(1.6)
  expect(inBonds(tally.worstOutsideTrap?.honest)).toBe(-5.4)
})
