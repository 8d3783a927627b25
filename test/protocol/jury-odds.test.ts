import { expect, test } from 'vitest'
import { keccak256, numberToHex } from 'viem/utils'
import { INVALID } from '#protocol/fixing.ts'
import { drawPlaces, verdictOf } from '#protocol/jury.ts'
import {
  captureChance,
  chanceWithProposers,
  chanceWithTries,
  gainByChoosing,
  gainByLying,
  gainByReading,
  majorityChance,
  type OwnCase,
} from './jury-odds.ts'

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

test('what a case of his own brings a party is what every draw of it comes to (R-503, R-504)', () => {
  const own = { pool: 9, held: 4, seats: 5, seatFee: 0.25 }
  const liar = (seated: number): bigint => (seated >= 3 ? LIE : TRUTH)
  expect(gainByLying(own)).toBeCloseTo(playEveryDraw({ ...own, blind: 0, vote: liar }), 14)
  expect(gainByReading({ ...own, blind: 0 })).toBeCloseTo(-1.25 + (1.25 * 4) / 9, 14)
  // Three of the others are a majority, two are not.
  for (const blind of [1, 2, 3, 5])
    expect(gainByReading({ ...own, blind })).toBeCloseTo(playEveryDraw({ ...own, blind, vote: () => TRUTH }), 14)
  // Nine of the twenty draws take one stake, one has no other's seat in it, and ten are let go: then there is a second seed.
  const alone = { pool: 6, held: 3, seats: 3 }
  const spoils = (9 * 1) / 20
  expect(gainByChoosing(alone, { tries: 1, seedGas: 0.05 })).toBeCloseTo(spoils - 0.05, 14)
  expect(gainByChoosing(alone, { tries: 2, seedGas: 0.05 })).toBeCloseTo((spoils - 0.05) * 1.5, 14)
})

const TRUTH = 2n
const LIE = 1n

/** What `held` of the stakes gain on average over all draws there are, by the votes of each. */
function playEveryDraw({ pool, held, blind, seats, seatFee, vote }: OwnCase & Play): number {
  let [sum, draws] = [0, 0]
  for (let drawn = 0; drawn < 2 ** pool; drawn++) {
    const places = Array.from({ length: pool }, (_, place) => place).filter((place) => (drawn >> place) % 2 === 1)
    if (places.length !== seats) continue
    const own = places.filter((place) => place < held).length
    const votes = places.map((place) => (place < held ? vote(own) : place < held + blind ? INVALID : TRUTH))
    const verdict = verdictOf(votes)
    const kept = votes.filter((each) => each === verdict).length
    const share = (seats - kept + seats * seatFee) / kept
    sum += (vote(own) === verdict ? own * share : -own) - seats * seatFee
    draws++
  }
  return sum / draws
}

/** How many of the others say INVALID, and what the party votes with so many seats. */
type Play = { readonly blind: number; readonly vote: (own: number) => bigint }

test("a majority is as frequent in draws of the contract's twin as that (R-501)", () => {
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
