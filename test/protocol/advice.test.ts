import { fc, test as fuzz } from '@fast-check/vitest'
import { expect, test } from 'vitest'
import { adviceFor } from '#protocol/advice.ts'
import { validateFixing, worstCase, type Fixing } from '#protocol/fixing.ts'
import { type Needs, type Parameters, parametersFor, UnmetNeedError } from '#protocol/parameters.ts'
import { divideStake, stakePayout } from '#protocol/payout.ts'
import { isNoiseSmall } from '#protocol/policy.ts'
import { REPORTER_GAS } from '#protocol/reporter-gas.ts'

const ETHER = 10n ** 18n
const GWEI = 10n ** 9n
const HOUR = 3_600
const DAY = 24 * HOUR

/** A thousand ether, with time and without anybody who says what there is to defend it. */
const NEEDS: Needs = {
  value: 1_000n * ETHER,
  bondSharePpm: 2_500,
  isReported: false,
  fee: ETHER / 25n,
  gasPrice: 100n * GWEI,
  fixings: 1n,
  capital: undefined,
  corruption: undefined,
  calmSeconds: DAY,
  worstSeconds: 100 * DAY,
  courtSeconds: DAY,
  noisePpm: 150,
  separationPpm: undefined,
  reporters: 100,
  reporterStake: ETHER,
}

function fixingOf(parameters: Parameters): Fixing {
  return {
    ...parameters,
    indexId: `0x${'01'.repeat(32)}`,
    maturity: 0n,
    arbitrator: `0x${'01'.repeat(20)}`,
    backup: `0x${'02'.repeat(20)}`,
    openInterest: `0x${'00'.repeat(20)}`,
  }
}

test('a thousand ether, by hand', () => {
  const advice = adviceFor(NEEDS)
  expect(advice.parameters).toEqual({
    minBond: (5n * ETHER) / 2n,
    bondPpm: 0,
    arbitrationFee: ETHER / 25n,
    firstWindow: DAY,
    window: 2 * DAY,
    proposalGrace: 3 * DAY,
    arbitrationLimit: 30 * DAY,
    separationPpm: 900,
    bandPpm: 9_000,
  })
  expect(advice).toMatchObject({
    bondReason: 'share',
    // 5 x 2.5 + 0.04
    honest: { total: 12_540_000_000_000_000_000n },
    // Of the lie's 2.5 a fifth burns.
    answerGain: 2n * ETHER,
    // A ninth of 3 d = 7.5, and of 27 d = 67.5, with F = 0.04.
    appeal: [873_333_333_333_333_334n, 7_540_000_000_000_000_000n],
    worstSeconds: BigInt(100 * DAY),
    // 1.0009 x 1.00015^3 = 1.001350472…
    precisionPpm: 1_351n,
    shading: 1_351n * (ETHER / 1_000n),
    // Of 100, 67 and 67 share 34.
    quorum: { signers: 67, stake: 67n * ETHER, equivocators: 34, equivocatorStake: 34n * ETHER },
    cautions: ['capital-unknown', 'corruption-unknown', 'unreported'],
  })
})

test('a source of open interest takes the share over from the least bond', () => {
  const { parameters, honest, cautions } = adviceFor({ ...NEEDS, isReported: true })
  // 5/2 F is the least; 0.25 % of 1000 is what is bonded.
  expect(parameters).toMatchObject({ minBond: ETHER / 10n, bondPpm: 2_500 })
  expect(honest.bond).toBe((5n * ETHER) / 2n)
  expect(cautions).toEqual(['capital-unknown', 'corruption-unknown', 'inflatable'])
})

test('capital for less than the share lowers the bond to what it answers, and says so', () => {
  // (6.04 - 0.04) / 5 = 1.2 in each of two.
  const advice = adviceFor({ ...NEEDS, fixings: 2n, capital: (1_208n * ETHER) / 100n })
  expect(advice).toMatchObject({
    bondReason: 'capital',
    honest: { bond: (12n * ETHER) / 10n },
    crowd: { defended: 2n, undefended: 0n },
    cautions: ['bond-below-share', 'corruption-unknown', 'unreported'],
  })
  // Below 5 x 0.1 + 0.04 nothing helps.
  const poor = adviceFor({ ...NEEDS, capital: (53n * ETHER) / 100n })
  expect(poor).toMatchObject({ bondReason: 'fee', honest: { bond: ETHER / 10n }, crowd: { defended: 0n } })
  expect(poor.cautions).toEqual(['capital-lacks', 'bond-below-share', 'corruption-unknown', 'unreported'])
})

test('a price of corruption below what all lies gain together is no security', () => {
  // A bought ruling of d = 2.5 pays 1.6 d, and F: 4.04 and a wei of rounding.
  const dear = adviceFor({ ...NEEDS, fixings: 3n, corruption: 3_013n * ETHER })
  expect(dear.corruption.netCost / ETHER).toBe(3_000n)
  expect(dear.cautions).toEqual(['capital-unknown', 'unreported'])
  const cheap = adviceFor({ ...NEEDS, fixings: 3n, corruption: 3_012n * ETHER })
  expect(cheap.cautions).toEqual(['capital-unknown', 'unsecured', 'unreported'])
})

test('where gas is dear, the bond is what makes answering pay', () => {
  const gas = REPORTER_GAS.contribute + REPORTER_GAS.claimContribution
  const { bondReason, parameters } = parametersFor({ ...NEEDS, value: ETHER, gasPrice: 1_000n * GWEI })
  expect(bondReason).toBe('gas')
  expect(parameters.minBond).toBe((5n * gas * 1_000n * GWEI) / 4n + 1n)
})

const ppm = fc.integer({ min: 0, max: 120_000 })
const seconds = fc.integer({ min: 1, max: 120 * DAY })
const wei = fc.bigInt({ min: 0n, max: 10n ** 25n })
const needs: fc.Arbitrary<Needs> = fc.record({
  value: wei,
  bondSharePpm: fc.integer({ min: 0, max: 110_000 }),
  isReported: fc.boolean(),
  fee: fc.bigInt({ min: 0n, max: 3n * ETHER }),
  gasPrice: fc.bigInt({ min: 0n, max: 5_000n * GWEI }),
  fixings: fc.bigInt({ min: 1n, max: 400n }),
  capital: fc.option(wei, { nil: undefined }),
  corruption: fc.option(wei, { nil: undefined }),
  calmSeconds: fc.oneof(fc.integer({ min: 600, max: 3 * DAY }), seconds),
  worstSeconds: fc.integer({ min: DAY, max: 400 * DAY }),
  courtSeconds: fc.integer({ min: 0, max: 61 * DAY }),
  noisePpm: fc.oneof(fc.integer({ min: 0, max: 2_000 }), ppm),
  separationPpm: fc.option(ppm, { nil: undefined }),
  reporters: fc.integer({ min: 1, max: 180 }),
  reporterStake: wei,
})

/** What the needs ask for and get; undefined where something cannot be met. */
function attempt(of: Needs): ReturnType<typeof adviceFor> | UnmetNeedError {
  try {
    return adviceFor(of)
  } catch (error) {
    if (error instanceof UnmetNeedError) return error
    throw error
  }
}

fuzz.prop([needs], { numRuns: 500, endOnFailure: true })(
  'whatever is advised is allowed, and meets every need of time and precision',
  (of) => {
    const advice = attempt(of)
    fc.pre(!(advice instanceof UnmetNeedError))
    const { parameters } = advice
    const { firstWindow, window, proposalGrace, arbitrationLimit, separationPpm, bandPpm } = parameters
    const fixing = fixingOf(parameters)
    validateFixing(fixing)
    expect(firstWindow).toBe(of.calmSeconds)
    expect(Math.min(window, proposalGrace)).toBeGreaterThanOrEqual(firstWindow)
    expect(arbitrationLimit).toBeGreaterThanOrEqual(of.courtSeconds)
    expect(worstCase(fixing)).toBeLessThanOrEqual(BigInt(of.worstSeconds))
    expect(advice.worstSeconds).toBe(worstCase(fixing))
    // P1 acts (H2), and what it chose is within the band (H3).
    expect(isNoiseSmall(separationPpm, of.noisePpm)).toBe(true)
    expect((1 + separationPpm / 1e6) * (1 + of.noisePpm / 1e6) ** 3).toBeLessThanOrEqual(1 + bandPpm / 1e6)
    expect(bandPpm).toBeGreaterThanOrEqual(2 * separationPpm)
  },
)

fuzz.prop([needs], { numRuns: 500, endOnFailure: true })(
  'the bond is worth answering, is the share where it can be, and within the capital',
  (of) => {
    const advice = attempt(of)
    fc.pre(!(advice instanceof UnmetNeedError))
    const { bond, total } = advice.honest
    const pot = divideStake({
      outcome: 'timeout',
      total: 3n * bond,
      winnerStake: 2n * bond,
      appealStakeOfRound: 0n,
      arbitrationFee: of.fee,
      appealedWins: false,
    })
    const gain = stakePayout(2n * bond, pot) - 2n * bond
    expect(gain).toBe(advice.answerGain)
    const gas = REPORTER_GAS.contribute + REPORTER_GAS.claimContribution
    expect(gain).toBeGreaterThanOrEqual(gas * of.gasPrice)
    const share = (of.value * BigInt(of.bondSharePpm)) / 1_000_000n
    if (advice.bondReason !== 'capital' && bond < share) expect(advice.cautions).toContain('capital-lacks')
    if (advice.bondReason === 'capital') expect(of.fixings * total).toBeLessThanOrEqual(of.capital ?? 0n)
    expect(advice.cautions.includes('bond-below-share')).toBe(bond < share)
    expect(advice.cautions.includes('capital-lacks')).toBe(of.capital !== undefined && advice.crowd.undefended > 0n)
  },
)

fuzz.prop([needs], { numRuns: 500, endOnFailure: true })(
  'what cannot be met is said with bounds within which it can',
  (of) => {
    const refused = attempt(of)
    fc.pre(refused instanceof UnmetNeedError)
    const { need, got, min, max } = refused
    expect(got < min || (max !== undefined && got > max)).toBe(true)
    for (const nearest of max === undefined ? [min] : [min, max]) {
      const typed = typeof of[need] === 'bigint' ? nearest : Number(nearest)
      const again = attempt({ ...of, [need]: typed })
      if (again instanceof UnmetNeedError) expect(again.need).not.toBe(need)
    }
  },
)

fuzz.prop([needs, fc.bigInt({ min: 1n, max: 10n ** 24n })], { endOnFailure: true })(
  'more at stake never asks for a smaller bond',
  (of, more) => {
    const [less, larger] = [attempt(of), attempt({ ...of, isReported: false, value: of.value + more })]
    fc.pre(!of.isReported && !(less instanceof UnmetNeedError) && !(larger instanceof UnmetNeedError))
    expect(larger.honest.bond).toBeGreaterThanOrEqual(less.honest.bond)
  },
)
