import { expect, test } from 'vitest'
import { DEFAULT_PARAMETERS } from '#protocol/fixing.ts'
import { BOND, budgetOf } from '../../cli/demo/terms.ts'

const NODES = 7n
const FEE = DEFAULT_PARAMETERS.arbitrationFee

test('attacked, the demo’s nodes can answer and then pay for the dearest appeal, however they shared the answer', () => {
  const { perPot, perFixing } = budgetOf(false)
  // The answer takes 2 d, the dearest appeal 27 d / 9 + F. As many as can give all that a pot lets them, one the rest.
  const answer = 2n * BOND
  expect(NODES * perPot).toBeGreaterThanOrEqual(answer)
  for (let givers = (answer + perPot - 1n) / perPot; givers <= NODES; givers++) {
    const given = Array.from({ length: Number(NODES) }, (_, i) => (BigInt(i) < givers ? answer / givers : 0n))
    const left = given.map((gave) => (perFixing - gave < perPot ? perFixing - gave : perPot))
    expect(left.reduce((sum, one) => sum + one, 0n)).toBeGreaterThanOrEqual(3n * BOND + FEE)
  }
  expect(NODES * perFixing).toBeGreaterThanOrEqual(5n * BOND + FEE)
})

test('attacked, no node of the demo can propose, answer, or appeal after its lie was led again, by itself', () => {
  const { perPot, perFixing, maxBond } = budgetOf(false)
  expect(maxBond).toBeLessThan(BOND)
  expect(perPot).toBeLessThan(2n * BOND)
  // d, 2 d and 3 d are staked by then: a ninth of 6 d, and F.
  expect(perPot).toBeLessThan((2n * BOND) / 3n + FEE)
  expect(perFixing).toBeLessThan(2n * BOND)
})
