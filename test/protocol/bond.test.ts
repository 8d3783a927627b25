import { fc, test as fuzz } from '@fast-check/vitest'
import type { Hex } from 'viem'
import { expect, test } from 'vitest'
import { appealStake, bondFor, LeaderOrderError, potNeed, stakesOf } from '#protocol/bond.ts'
import { MAX_LEADERS } from '#protocol/fixing.ts'
import { histories } from './histories.ts'
import { readVectors, toNumber } from './vectors.ts'

type Bond = Record<'bond' | 'bondPpm' | 'minBond' | 'openInterest', Hex> & { name: string }
type Pot = Record<'appeal' | 'need' | 'stake' | 'total', Hex>
type History = { name: string; bond: Hex; leaders: Hex[]; stakes: Hex[]; total: Hex }

test.each(readVectors<Bond>('bond', 'bonds'))('R-201 the bond: $name', (row) => {
  const terms = { minBond: BigInt(row.minBond), bondPpm: toNumber(row.bondPpm), openInterest: BigInt(row.openInterest) }
  expect(bondFor(terms)).toBe(BigInt(row.bond))
})

test('R-202 and R-204: what fills a pot, and an appeal’s stake rounded up', () => {
  const rows = readVectors<Pot>('bond', 'pots')
  const got = rows.map(({ stake, total }) => [potNeed(BigInt(total), BigInt(stake)), appealStake(BigInt(total))])
  expect(got).toEqual(rows.map(({ need, appeal }) => [BigInt(need), BigInt(appeal)]))
})

test.each(readVectors<History>('bond', 'histories'))('the stakes after $name (R-202)', (row) => {
  expect(stakesOf(BigInt(row.bond), row.leaders.map(toNumber))).toEqual({
    total: BigInt(row.total),
    stakes: row.stakes.map(BigInt),
  })
})

test('nothing is staked before a proposal', () => {
  expect(stakesOf(5n, [])).toEqual({ total: 0n, stakes: [] })
})

test.each([
  [[1], 1, 1],
  [[0, 0], 2, 0],
  [[0, 2], 2, 2],
  [[0, 1, 1], 3, 1],
  [[0, -1], 2, -1],
])('refuses the impossible history %j', (leaders, round, candidateIndex) => {
  expect(() => stakesOf(5n, leaders)).toThrow(
    expect.objectContaining({ name: 'Bond.LeaderOrderError', round, candidateIndex }),
  )
  expect(() => stakesOf(5n, leaders)).toThrow(LeaderOrderError)
})

fuzz.prop([fc.bigInt({ min: 10n ** 9n, max: 2n ** 80n }), histories(MAX_LEADERS)])(
  'INVARIANT (R-202): from the second leader on, S(leader) = 2 (A - S(leader)); every fill at least doubles the stake',
  (bond, leaders) => {
    const { total, stakes } = stakesOf(bond, leaders)
    const leader = stakes[leaders.at(-1) ?? 0] ?? 0n
    if (leaders.length >= 2) expect(leader).toBe(2n * (total - leader))
    expect(total).toBe(stakes.reduce((sum, stake) => sum + stake, 0n))
    expect(total).toBeGreaterThanOrEqual(bond * 2n ** BigInt(leaders.length - 1))
  },
)
