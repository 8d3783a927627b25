import { expect, test } from 'vitest'
import { keccak256, numberToHex } from 'viem/utils'
import { drawPlaces } from '#protocol/jury.ts'
import { captureChance, chanceWithProposers, chanceWithTries, majorityChance } from './jury-odds.ts'

test('a majority is as likely as counting every draw says (R-501)', () => {
  // Three of the six stakes, three seats: 9 + 1 of the 20 draws have two or three of them.
  expect(majorityChance({ pool: 6, held: 3, seats: 3 })).toBe(0.5)
  // Two of five, three seats: three of ten.
  expect(majorityChance({ pool: 5, held: 2, seats: 3 })).toBeCloseTo(0.3, 15)
  expect(majorityChance({ pool: 100, held: 15, seats: 31 })).toBe(0)
  expect(majorityChance({ pool: 100, held: 100, seats: 31 })).toBe(1)
})

test('who cannot win the first draw may hang it for the second (R-503)', () => {
  // One of the two stakes, one seat, which alone is the quorum: nothing to hang.
  expect(captureChance({ pool: 2, held: 1, seats: 1, quorum: 1 })).toBe(0.5)
  // Three of the six stakes, three seats, all of which must reveal: half of the draws are won. Of the others nine have one
  // seat of the party's, which hangs them by itself, and one has none.
  expect(captureChance({ pool: 6, held: 3, seats: 3, quorum: 3 })).toBeCloseTo(0.5 + 0.45 * 0.5, 15)
  // Two must reveal: one seat hangs nothing.
  expect(captureChance({ pool: 6, held: 3, seats: 3, quorum: 2 })).toBe(0.5)
})

test('a majority is as frequent in draws of the contract as that (R-501)', () => {
  const drawing = { pool: 40, held: 16, seats: 7 }
  const draws = 5_000
  let majorities = 0
  for (let i = 0; i < draws; i++) {
    const own = drawPlaces(keccak256(numberToHex(i)), drawing.pool, drawing.seats).filter(
      (place) => place < drawing.held,
    )
    if (own.length > drawing.seats / 2) majorities++
  }
  const chance = majorityChance(drawing)
  const deviation = Math.sqrt((chance * (1 - chance)) / draws)
  expect(Math.abs(majorities / draws - chance)).toBeLessThan(4 * deviation)
})

test('tries and blocks multiply the chance as the specification of the jury counts them', () => {
  expect(chanceWithTries(0.5, 2)).toBe(0.75)
  expect(chanceWithTries(0.1, 1)).toBeCloseTo(0.1, 15)
  // No block of his own: one seed. All of them: as many as he likes.
  expect(chanceWithProposers(0.1, 0)).toBeCloseTo(0.1, 15)
  expect(chanceWithProposers(0.1, 1)).toBeCloseTo(1, 12)
  // One in a row at most: half the time one seed, half the time two.
  expect(chanceWithProposers(0.5, 0.5, 1)).toBeCloseTo(0.625, 15)
})
