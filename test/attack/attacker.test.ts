import { expect, test, vi } from 'vitest'
import { BOND } from './market.ts'
import { TRUTH } from './ratio.ts'
import { search, tasksOf, type Task } from './search.ts'
import { settingNamed, SMALL } from './settings.ts'
import { emptyTally, lossRatio, type Tally } from './tally.ts'

// A few seconds of computing each; more where many share a core.
vi.setConfig({ testTimeout: 120_000 })

/** Plays all openings of a setting, or those that are asked for, on the small grid. */
function searchAll(name: string, isWanted: (task: Task) => boolean = () => true): Tally {
  const setting = settingNamed(name, SMALL)
  const tally = emptyTally()
  for (const task of tasksOf(setting)) if (isWanted(task)) search(setting, task, tally)
  return tally
}

/** Whether there is one observer, who does not see the truth. */
const isOff = ([first, ...others]: readonly number[]): boolean => others.length === 0 && first !== TRUTH

const inBonds = (wei: number | undefined): number => (wei ?? 0) / BOND

test.each([
  { name: 'p1', isWanted: () => true },
  { name: 'p1-wide', isWanted: ({ observations }: Task) => isOff(observations) },
])('P1 never loses outside the straddle trap, and in it less than its attacker: $name', ({ name, isWanted }) => {
  const tally = searchAll(name, isWanted)
  expect(tally.plays).toBeGreaterThan(300_000)
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

test('what P1 lets pass is within separation and three times the noise of the truth, not within twice', () => {
  const { furthestSettled } = searchAll(
    'p1',
    ({ observations, proposer }) => isOff(observations) && proposer === 'attacker',
  )
  expect(furthestSettled).toBeLessThanOrEqual((1.001 * 1.0002 ** 3 - 1) * 1e6)
  expect(furthestSettled).toBeGreaterThan(1_600)
})

test('the same search robs the policy that challenges only beyond the separation of 0.8 d for each d', () => {
  const tally = searchAll('naive', ({ proposer }) => proposer === 'honest')
  expect(inBonds(tally.bestAttack?.attacker)).toBe(0.8)
  expect(inBonds(tally.bestAttack?.honest)).toBe(-1)
  expect(tally.lossesOutsideTrap).toBeGreaterThan(0)
})

test('the policy that challenges only beyond the separation loses more when it answers a lie first', () => {
  const tally = searchAll('naive', ({ observations, proposer }) => !isOff(observations) && proposer === 'attacker')
  expect(inBonds(tally.bestAttack?.attacker)).toBe(1.4)
  expect(inBonds(tally.bestAttack?.honest)).toBe(-2)
})

test('P1 told the noise of observations alone is robbed where the ruling is as noisy', () => {
  const tally = searchAll('p1-noisy-ruling', ({ observations }) => isOff(observations))
  expect(inBonds(tally.bestAttack?.attacker)).toBe(1.6)
  expect(inBonds(tally.worstOutsideTrap?.honest)).toBe(-5.4)
})
