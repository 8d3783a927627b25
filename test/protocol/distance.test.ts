import { fc, test as fuzz } from '@fast-check/vitest'
import type { Hex } from 'viem'
import { expect, test } from 'vitest'
import { isNearer, isSeparated, isWithinBand, winnerOf } from '#protocol/distance.ts'
import { INVALID } from '#protocol/fixing.ts'
import { readVectors, toNumber } from './vectors.ts'

type Pair = Record<'a' | 'b' | 'separationPpm' | 'bandPpm', Hex> & { separated: boolean; within: boolean }
type Triple = Record<'a' | 'b' | 'f', Hex> & { nearer: boolean }
type Match = Record<'bandPpm' | 'leaderIndex' | 'ruling' | 'winner', Hex> & {
  name: string
  candidates: Hex[]
  found: boolean
}

const value = fc.bigInt({ min: 1n, max: INVALID - 1n })
const ppm = fc.integer({ min: 1, max: 200_000 })

test('separation and band agree with the vectors, value by value (R-102, R-205)', () => {
  const rows = readVectors<Pair>('distance', 'pairs')
  const got = rows.map(({ a, b, separationPpm, bandPpm }) => ({
    separated: isSeparated(BigInt(a), BigInt(b), toNumber(separationPpm)),
    within: isWithinBand(BigInt(a), BigInt(b), toNumber(bandPpm)),
  }))
  expect(got).toEqual(rows.map(({ separated, within }) => ({ separated, within })))
})

test('nearness agrees with the vectors, value by value (R-205)', () => {
  const rows = readVectors<Triple>('distance', 'nearer')
  expect(rows.map(({ a, b, f }) => isNearer(BigInt(a), BigInt(b), BigInt(f)))).toEqual(rows.map(({ nearer }) => nearer))
})

test.each(readVectors<Match>('distance', 'winners'))('the winner of a ruling: $name (R-205)', (row) => {
  const winner = winnerOf({
    candidates: row.candidates.map(BigInt),
    leaderIndex: toNumber(row.leaderIndex),
    ruling: BigInt(row.ruling),
    bandPpm: toNumber(row.bandPpm),
  })
  expect(winner).toBe(row.found ? toNumber(row.winner) : undefined)
})

test('a fixing without candidates has no winner', () => {
  expect(winnerOf({ candidates: [], leaderIndex: 0, ruling: 5n, bandPpm: 1 })).toBeUndefined()
})

fuzz.prop([value, value, ppm])('separation is symmetric', (a, b, separationPpm) => {
  expect(isSeparated(a, b, separationPpm)).toBe(isSeparated(b, a, separationPpm))
})

// 1/a and 1/b over the common denominator a * b are b and a: only their ratio counts.
fuzz.prop([value, value, ppm, fc.bigInt({ min: 1n, max: 2n ** 64n })])(
  'inverting the index changes neither separation nor band',
  (a, b, bound, unit) => {
    const [inverseOfA, inverseOfB] = [b * unit, a * unit]
    expect(isSeparated(inverseOfA, inverseOfB, bound)).toBe(isSeparated(a, b, bound))
    expect(isWithinBand(inverseOfA, inverseOfB, bound)).toBe(isWithinBand(a, b, bound))
  },
)

fuzz.prop([value, value, value])('inverting the index does not change which of two is nearer', (a, b, f) => {
  expect(isNearer(b * f, a * f, a * b)).toBe(isNearer(a, b, f))
})

fuzz.prop([value, ppm])('INVALID is separated from every number and in no number’s band', (number, bound) => {
  expect([isSeparated(INVALID, number, bound), isWithinBand(INVALID, number, bound)]).toEqual([true, false])
})
