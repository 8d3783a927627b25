import { fc, test as fuzz } from '@fast-check/vitest'
import { describe, expect, test } from 'vitest'
import { DEFAULT_PARAMETERS } from '#protocol/fixing.ts'
import {
  appealProspects,
  contributionProspects,
  longestLock,
  type Prospect,
  proposalProspects,
  type Staking,
} from '#protocol/prospects.ts'

const ETHER = 10n ** 18n
const FEE = 2n * ETHER

function paidOf(prospects: readonly Prospect[], end: Prospect['end']): bigint {
  const found = prospects.find((prospect) => prospect.end === end)
  if (found === undefined) throw new Error(`Expected ${end}.`)
  return found.paid
}

describe('the worked example (d = 25, F = 2)', () => {
  test('contributing 50 against a proposal of 25 returns 70 by timeout and at least that after a further dispute', () => {
    const prospects = contributionProspects({
      stand: { round: 1, leader: 0, stakes: [25n * ETHER] },
      candidate: 1,
      amount: 50n * ETHER,
      arbitrationFee: FEE,
    })
    // Section 5: A = 75, L = 25, sink 5, stakers + 20. Disputed and ruled right: 0.6 of L = 25 + 75/9 on 50: 70 again.
    expect(prospects).toEqual([
      { end: 'unfilled', paid: 50n * ETHER, isLeast: false },
      { end: 'undisputed', paid: 70n * ETHER, isLeast: false },
      { end: 'right', paid: 70n * ETHER, isLeast: true },
      // At once appealed: A = 75 + 75/9, 40 % burned, 2 to the sponsors, the rest by stake: 50 * (50 - 2) / (250 / 3).
      { end: 'noWinner', paid: 28_800_000_000_000_000_000n, isLeast: true },
      { end: 'expiry', paid: 50n * ETHER, isLeast: false },
      { end: 'wrong', paid: 0n, isLeast: false },
    ])
  })

  test('a tenth of that contribution returns a tenth', () => {
    const prospects = contributionProspects({
      stand: { round: 1, leader: 0, stakes: [25n * ETHER] },
      candidate: 1,
      amount: 5n * ETHER,
      arbitrationFee: FEE,
    })
    expect(paidOf(prospects, 'undisputed')).toBe(7n * ETHER)
  })

  test('sponsoring the appeal of the truth at A = 150 returns what the shared pot and the bonus give', () => {
    // a = ceil(150 / 9), truth = 50 + a, L = 100, sink 40, bonus 3, shared = 150 + a - 43 (section 5).
    const a = (150n * ETHER + 8n) / 9n
    const shared = 150n * ETHER + a - 43n * ETHER
    const expected = (a * shared) / (50n * ETHER + a) + 3n * ETHER
    const prospects = appealProspects({
      stand: { round: 3, leader: 0, stakes: [100n * ETHER, 50n * ETHER] },
      candidate: 1,
      amount: a + FEE,
      arbitrationFee: FEE,
    })
    expect(paidOf(prospects, 'right')).toBe(expected)
    expect(paidOf(prospects, 'wrong')).toBe(0n)
    expect(paidOf(prospects, 'expiry')).toBe(a + FEE)
  })
})

test('a proposal earns only its reward when nobody disputes it, and at least 40 % when somebody does in vain', () => {
  const prospects = proposalProspects(25n * ETHER, { reward: ETHER, arbitrationFee: FEE })
  expect(paidOf(prospects, 'undisputed')).toBe(26n * ETHER)
  expect(paidOf(prospects, 'right')).toBe(36n * ETHER)
  expect(paidOf(prospects, 'wrong')).toBe(0n)
})

test('locks stake for the windows that are left and both arbitrators, at most', () => {
  const days = (staking: Staking): bigint => longestLock(DEFAULT_PARAMETERS, staking) / 86_400n
  // 24 h, then 48 h for each of rounds 2 to 4, then 30 d for each arbitrator.
  expect(days({ kind: 'proposal', round: 0 })).toBe(67n)
  expect(days({ kind: 'contribution', round: 1 })).toBe(66n)
  expect(days({ kind: 'contribution', round: 3 })).toBe(62n)
  expect(days({ kind: 'appeal', round: 4 })).toBe(60n)
})

const amounts = fc.bigInt({ min: 10n ** 9n, max: 2n ** 80n })
fuzz.prop([amounts, amounts, fc.constantFrom(0, 1), fc.bigInt({ min: 1n, max: 10n ** 9n })])(
  'a right contribution returns at least 40 % less rounding, whatever follows (property 2)',
  (bond, staked, candidate, feeShare) => {
    const stand =
      candidate === 1 ? { round: 1, leader: 0, stakes: [bond] } : { round: 2, leader: 1, stakes: [bond, 2n * bond] }
    const amount = staked % bond
    const arbitrationFee = (2n * bond * feeShare) / (5n * 10n ** 9n)
    const prospects = contributionProspects({ stand, candidate, amount, arbitrationFee })
    for (const end of ['undisputed', 'right'] as const) {
      expect(paidOf(prospects, end) + 2n >= (amount * 14n) / 10n, end).toBe(true)
    }
  },
)
