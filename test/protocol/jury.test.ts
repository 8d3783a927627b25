import { fc, test as fuzz } from '@fast-check/vitest'
import type { Address, Hex } from 'viem'
import { keccak256, numberToHex } from 'viem/utils'
import { expect, test } from 'vitest'
import { INVALID } from '#protocol/fixing.ts'
import {
  blocksTime,
  commitmentOf,
  committedValue,
  drawPlaces,
  drawSeed,
  neededPool,
  SEED_DELAY,
  verdictOf,
  whyNotTaken,
} from '#protocol/jury.ts'
import { readVectors, toNumber } from './vectors.ts'

type VerdictRow = { name: string; verdict: Hex; votes: Hex[] }
type DrawRow = Record<'fixingId' | 'pool' | 'randao' | 'round' | 'seats', Hex> & { drawn: Hex[] }
type CommitmentRow = Record<'chainId' | 'commitment' | 'fixingId' | 'round' | 'salt' | 'seat' | 'value', Hex> & {
  juror: Address
  jury: Address
}

test('a verdict agrees with the vectors, jury by jury (R-503)', () => {
  const rows = readVectors<VerdictRow>('jury', 'verdicts')
  expect(rows.map(({ votes }) => verdictOf(votes.map(BigInt)))).toEqual(rows.map(({ verdict }) => BigInt(verdict)))
})

test('a draw agrees with the vectors, seat by seat (R-501)', () => {
  for (const { fixingId, pool, randao, round, seats, drawn } of readVectors<DrawRow>('jury', 'draws')) {
    const seed = drawSeed(randao, fixingId, toNumber(round))
    expect(drawPlaces(seed, toNumber(pool), toNumber(seats))).toEqual(drawn.map(toNumber))
  }
})

test('a commitment agrees with the vectors (R-502)', () => {
  for (const row of readVectors<CommitmentRow>('jury', 'commitments')) {
    const vote = { ...row, chainId: toNumber(row.chainId), round: toNumber(row.round), seat: toNumber(row.seat) }
    expect(commitmentOf({ ...vote, value: BigInt(row.value) })).toBe(row.commitment)
  }
})

test('what a seat has committed to is found among values, under its own salt, jury and round (R-502)', () => {
  const jury = '0x00000000000000000000000000000000000000aa'
  const round = { chainId: 1, jury, fixingId: `0x${'ab'.repeat(32)}`, round: 0 } as const
  const place = { seat: 7, juror: '0x00000000000000000000000000000000000000bb' } as const
  const salt = keccak256('0x01')
  const seat = { ...place, committed: commitmentOf({ ...round, ...place, value: 2n, salt }) }
  expect(committedValue(round, seat, salt, [1n, 2n, 3n])).toBe(2n)
  expect(committedValue(round, seat, salt, [1n, 3n])).toBe(undefined)
  expect(committedValue({ ...round, round: 1 }, seat, salt, [2n])).toBe(undefined)
  expect(committedValue(round, seat, keccak256('0x02'), [2n])).toBe(undefined)
  expect(committedValue(round, { ...place, committed: undefined }, salt, [2n])).toBe(undefined)
})

test('a case needs the least pool and half of all stakes, beside the seats of those that wait (R-500)', () => {
  const terms = { seats: 3, leastPool: 6 }
  const needed = (pool: number, returned: number, seated: number, waiting = 0): number =>
    neededPool(terms, { pool, returned, seated, waiting })
  expect([needed(6, 0, 0), needed(6, 0, 6), needed(6, 1, 6), needed(0, 1, 13)]).toEqual([6, 6, 7, 7])
  expect([needed(20, 0, 0, 1), needed(4, 0, 0, 2)]).toEqual([13, 12])
})

test('a seed comes 128 blocks of 12 seconds after jurors were asked for (R-501)', () => {
  expect(blocksTime(SEED_DELAY)).toBe(1_536n)
})

fuzz.prop([fc.array(fc.bigInt({ min: 1n, max: INVALID }), { minLength: 1, maxLength: 63 })])(
  'fewer than half of the votes never move a verdict beyond what the others said',
  (votes) => {
    const truth = 2500n * 10n ** 18n
    const honest = Array.from({ length: votes.length + 1 }, () => truth)
    expect(verdictOf([...votes, ...honest])).toBe(truth)
  },
)

test('every stake is as likely to be drawn as every other, whatever the seat (R-501)', () => {
  const [pool, seats, draws] = [20, 5, 4_000]
  const counts = Array.from({ length: seats }, () => new Float64Array(pool))
  for (let i = 0; i < draws; i++) {
    const seed = keccak256(numberToHex(i))
    for (const [seat, place] of drawPlaces(seed, pool, seats).entries()) {
      const ofSeat = counts[seat]
      if (ofSeat !== undefined) ofSeat[place] = (ofSeat[place] ?? 0) + 1
    }
  }
  for (const ofSeat of counts) expect(chiSquare(ofSeat)).toBeLessThan(CHI_SQUARE_19)
  const total = Float64Array.from({ length: pool }, (_, place) =>
    counts.reduce((sum, seat) => sum + (seat[place] ?? 0), 0),
  )
  expect(chiSquare(total)).toBeLessThan(CHI_SQUARE_19)
})

test('no stake is drawn twice', () => {
  for (let i = 0; i < 500; i++) {
    const places = drawPlaces(keccak256(numberToHex(i)), 40, 31)
    expect(new Set(places).size).toBe(31)
    expect(Math.max(...places)).toBeLessThan(40)
  }
})

/** What chi square with 19 degrees of freedom exceeds once in 100 000 times. The seeds are fixed: it does or it does not. */
const CHI_SQUARE_19 = 60.4

function chiSquare(counts: Float64Array): number {
  const sum = counts.reduce((a, b) => a + b, 0)
  const expected = sum / counts.length
  return counts.reduce((total, count) => total + (count - expected) ** 2 / expected, 0)
}

test('a jury takes a fixing that pays its price and has its separation, and says first what the fee lacks (R-500)', () => {
  // Five seats and eight shares of whoever draws and resolves, at 3 each.
  const terms = { seats: 5, seatFee: 3n, leastSeparationPpm: 1_000 }
  expect(whyNotTaken({ arbitrationFee: 39n, separationPpm: 1_000 }, terms)).toBeUndefined()
  expect(whyNotTaken({ arbitrationFee: 38n, separationPpm: 1_000 }, terms)).toBe('fee')
  expect(whyNotTaken({ arbitrationFee: 39n, separationPpm: 999 }, terms)).toBe('separation')
  expect(whyNotTaken({ arbitrationFee: 38n, separationPpm: 999 }, terms)).toBe('fee')
})
