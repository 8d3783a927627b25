import { expect, test } from 'vitest'
import { corruptionOf, crowdOf } from '#protocol/crowd.ts'
import {
  appealStake,
  BOND,
  contributionNeed,
  install,
  isFinalRound,
  propose,
  stakedBy,
  type Market,
} from '../attack/market.ts'
import { TRUTH } from '../attack/ratio.ts'
import { FEE, followers, indexIn, LIES, terms } from './plays.ts'

const TOTAL = 5 * BOND + FEE

test('of many fixings that mature together, capital defends as many as it covers whole', () => {
  const crowd = (fixings: bigint, capital: number) => crowdOf(terms, fixings, BigInt(capital))
  expect(crowd(30n, 10 * TOTAL)).toEqual({
    fixings: 30n,
    total: BigInt(30 * TOTAL),
    firstAnswers: BigInt(60 * BOND),
    defended: 10n,
    undefended: 20n,
    rest: 0n,
    lieAgainstRest: BigInt(BOND),
    lieCapital: BigInt(20 * BOND),
  })
  expect(crowd(30n, 99 * TOTAL)).toMatchObject({ defended: 30n, undefended: 0n, rest: 0n, lieCapital: 0n })
  // 9 whole, and one wei less than a whole one: 25 d there, d in each of 20 others.
  expect(crowd(30n, 10 * TOTAL - 1)).toMatchObject({
    defended: 9n,
    rest: BigInt(TOTAL - 1),
    lieAgainstRest: BigInt(25 * BOND),
    lieCapital: BigInt(45 * BOND),
  })
})

test('what is left of the capital is exhausted for the least that any play of the game stakes', () => {
  const bounds = [0, 2, 8 / 3 + 0.4, 3.4, 4.4, 14 / 3 + 0.4].map((bonds) => Math.ceil(bonds * BOND))
  for (const capital of [...bounds, ...bounds.slice(1).map((bound) => bound - 1), TOTAL - 1]) {
    const least = leastLie(propose(LIES[0] ?? NaN, 'attacker'), capital)
    expect(crowdOf(terms, 1n, BigInt(capital)).lieCapital, `capital ${capital}`).toBe(BigInt(least))
    expect(crowdOf(terms, 3n, BigInt(TOTAL + capital)).lieCapital, `one of three, and ${capital}`).toBe(
      BigInt(BOND + least),
    )
  }
})

test('one price of corruption buys the rulings of every fixing, whose stakes and fees the game adds to', () => {
  // A lie leads again over 2 d of truth, appealed for with 2/3 d: 40 % of L = 8/3 d burn, 1.6 d are gained, F = 0.4 d.
  const gain = BigInt((16 * BOND) / 10)
  const one = corruptionOf(terms, 1n, BigInt(100 * BOND))
  expect(one).toEqual({ gain, gainAsArbitrator: BigInt(2 * BOND), netCost: BigInt(98 * BOND) })
  expect(corruptionOf(terms, 50n, BigInt(100 * BOND))).toMatchObject({ netCost: 0n })
  expect(corruptionOf(terms, 60n, BigInt(100 * BOND))).toMatchObject({ netCost: BigInt(-20 * BOND) })
})

/** The least that the attacker stakes for a false leader that the honest side cannot answer with this capital. */
function leastLie(one: Market, capital: number): number {
  const leads = one.candidates[one.leader]?.value
  const answer = one.round === 1 ? contributionNeed(one, one.candidates.length) : appealStake(one) + FEE
  if (leads !== TRUTH && stakedBy(one, 'honest') + answer > capital) return stakedBy(one, 'attacker')
  const next = isFinalRound(one) ? [] : followers(one, LIES).map((value) => install(one, indexIn(one, value), value, 0))
  // The honest side has the answer and gives it unless the attacker moves first.
  if (one.round === 1 && leads !== TRUTH) next.push(install(one, one.candidates.length, TRUTH, answer))
  return Math.min(Infinity, ...next.map((after) => leastLie(after, capital)))
}
