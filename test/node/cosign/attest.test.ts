import { expect, test } from 'vitest'
import { type AttestView, decideAttest, maxGasCost, rosterBudget } from '../../../node/cosign/attest.ts'
import { MATURITY } from '../reporters.ts'

const INCENTIVES = { rewardPot: 0n, attestersReward: 0n, isRosterPublished: true, gasFee: 2n }
/** 216 930 gas at 2 wei. */
const COST = 433_860n

function view(changes: Partial<AttestView> = {}): AttestView {
  return {
    policy: 'paid',
    incentives: { ...INCENTIVES, attestersReward: 7n * COST },
    places: 7,
    asked: undefined,
    cosignMs: 1_000,
    now: MATURITY + 1n,
    maturity: MATURITY,
    ...changes,
  }
}

test('R-411 asks for co-signatures when the share of seven pays for the gas, else proposes plainly', () => {
  expect(decideAttest(view()).action).toBe('ask')
  const short = { ...INCENTIVES, attestersReward: 7n * COST - 1n }
  expect(decideAttest(view({ incentives: short }))).toEqual({
    action: 'plain',
    reason: 'Attesting costs about 433860 wei of gas and brings 433859 wei.',
  })
  // A roster of seven costs 403 730 gas more: 100 000 and 43 390 for each.
  const unpublished = { ...INCENTIVES, attestersReward: 7n * (COST + 807_460n), isRosterPublished: false }
  expect(decideAttest(view({ incentives: unpublished })).action).toBe('ask')
  expect(decideAttest(view({ incentives: { ...unpublished, gasFee: 3n } })).action).toBe('plain')
})

test('R-411 asks always or never if that is the policy', () => {
  expect(decideAttest(view({ policy: 'always', incentives: INCENTIVES })).action).toBe('ask')
  expect(decideAttest(view({ policy: 'never' })).action).toBe('plain')
})

test('waits for the second after the maturity, before which the registry takes nothing', () => {
  expect(decideAttest(view({ now: MATURITY })).action).toBe('wait')
})

test.each<[number, number, string]>([
  [6, 999, 'wait'],
  [7, 0, 'attest'],
  [5, 1_000, 'attest'],
  [4, 1_000, 'plain'],
  [0, 999, 'wait'],
])('R-411 knows when to stop waiting: with %i of 7 signed after %i of 1 000 ms: %s', (signed, elapsedMs, action) => {
  expect(decideAttest(view({ asked: { signed, elapsedMs, isObsolete: false } })).action).toBe(action)
})

test.each<[number, number, boolean, string]>([
  [4, 0, true, 'ask'],
  [4, 1_000, true, 'ask'],
  [4, 0, false, 'wait'],
  [5, 0, true, 'wait'],
  [5, 1_000, true, 'attest'],
  [7, 0, true, 'attest'],
])(
  'R-411 asks again only if too few can sign: %i of 7 after %i ms, obsolete: %s: %s',
  (...[signed, elapsedMs, isObsolete, action]) => {
    expect(decideAttest(view({ asked: { signed, elapsedMs, isObsolete } })).action).toBe(action)
  },
)

test('R-411 pays for gas what the proposal brings and what the operator adds', () => {
  const incentives = { ...INCENTIVES, rewardPot: 21_600n, attestersReward: 70n }
  // A second of a ramp of six hours.
  expect(maxGasCost(view({ incentives }), 'plain', 5n)).toBe(6n)
  expect(maxGasCost(view({ incentives }), 'attest', 5n)).toBe(16n)
  expect(maxGasCost(view({ incentives, now: MATURITY + 99_999n }), 'plain', 0n)).toBe(21_600n)
  expect(maxGasCost(view({ incentives, places: 0 }), 'attest', 0n)).toBe(1n)
})

test('R-411 counts the roster into what a proposal may cost', () => {
  const missing = { places: 7, incentives: { ...INCENTIVES, isRosterPublished: false } }
  // 299 758 gas of the proposal and 403 730 of the roster, at 2 wei.
  const [proposal, roster] = [599_516n, 807_460n]
  expect(rosterBudget(missing, 'proposeAttested', proposal + roster)).toEqual({ roster, rest: proposal })
  expect(rosterBudget(missing, 'proposeAttested', proposal + roster - 1n)).toBe(undefined)
  expect(rosterBudget(missing, 'attest', COST + roster + 5n)).toEqual({ roster: roster + 5n, rest: COST + 5n })
})
