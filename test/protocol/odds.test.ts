import { fc, test as fuzz } from '@fast-check/vitest'
import { expect, test } from 'vitest'
import { impliedProbability, oddsOf } from '#protocol/odds.ts'

// The worked example of section 5 after its first dispute: 25 on 3000, 50 on 2500.
const example = [
  { value: 3000n, stake: 25n, filled: 0n },
  { value: 2500n, stake: 50n, filled: 0n },
]

test('R-304 by deadline the leader of two earns 40 %, so its stakers believe in it at 5 in 7', () => {
  expect(oddsOf(example, 'timeout')).toEqual([
    { value: 3000n, sharePpm: 333_333n, impliedPpm: 384_615n, probabilityPpm: 350_000n },
    { value: 2500n, sharePpm: 666_666n, impliedPpm: 714_285n, probabilityPpm: 650_000n },
  ])
})

test('R-304 a pot that fills moves the odds before it leads', () => {
  const filling = [example[0]!, example[1]!, { value: 2600n, stake: 0n, filled: 25n }]
  expect(oddsOf(filling, 'ruling').map(({ sharePpm, impliedPpm }) => [sharePpm, impliedPpm])).toEqual([
    [250_000n, 357_142n],
    [500_000n, 625_000n],
    [250_000n, 357_142n],
  ])
})

test('R-304 a value without stake and a fixing without any imply nothing', () => {
  const nothing = { sharePpm: 0n, impliedPpm: 0n, probabilityPpm: 0n }
  expect(oddsOf([{ value: 1n, stake: 0n, filled: 0n }], 'timeout')).toEqual([{ value: 1n, ...nothing }])
  expect(oddsOf([], 'timeout')).toEqual([])
})

test('R-304 a receipt traded at a third off implies less belief than at par', () => {
  expect([impliedProbability(1_000_000n, 400_000n), impliedProbability(666_666n, 400_000n)]).toEqual([
    714_285n,
    476_190n,
  ])
})

const stake = fc.bigInt({ min: 0n, max: 2n ** 84n })

fuzz.prop([fc.array(fc.record({ value: fc.bigInt({ min: 1n, max: 9n }), stake, filled: stake }), { maxLength: 5 })])(
  'R-304 shares and probabilities never add up to more than one',
  (values) => {
    const odds = oddsOf(values, 'timeout')
    const sum = (amounts: bigint[]): bigint => amounts.reduce((all, amount) => all + amount, 0n)
    expect(sum(odds.map(({ sharePpm }) => sharePpm))).toBeLessThanOrEqual(1_000_000n)
    expect(sum(odds.map(({ probabilityPpm }) => probabilityPpm))).toBeLessThanOrEqual(1_000_000n)
  },
)
