import { expect, test } from 'vitest'
import { decideLate, lateGain, type LateView, pauseAfter } from '../../../node/cosign/late.ts'
import { MATURITY } from '../reporters.ts'

/** 216 930 gas at 2 wei. */
const COST = 433_860n
const FIVE = 0b11111n
const ALL = 0b1111111n

function view(changes: Partial<LateView> = {}): LateView {
  return {
    policy: 'paid',
    incentives: { rewardPot: 0n, attestersReward: 7n * COST, isRosterPublished: true, gasFee: 2n },
    places: 7,
    place: 3,
    standing: undefined,
    signers: ALL,
    askedMs: undefined,
    isObsolete: false,
    cosignMs: 1_000,
    now: MATURITY + 600n,
    turnTime: MATURITY + 600n,
    ...changes,
  }
}

const POOR = { ...view().incentives, attestersReward: 5n * COST - 1n }

test.each<[string, Partial<LateView>, string]>([
  ['brings what all have signed', {}, 'attest'],
  ['brings what a quorum has signed that another asked for', { signers: FIVE }, 'attest'],
  ['waits for the rest of those it asked', { signers: FIVE, askedMs: 999 }, 'wait'],
  ['waits for nobody once all have signed', { askedMs: 0 }, 'attest'],
  ['goes on without them when the time is up', { signers: FIVE, askedMs: 1_000 }, 'attest'],
  ['waits for its turn', { now: MATURITY + 599n }, 'wait'],
  ['asks when too few have signed', { signers: 0b1111n }, 'ask'],
  ['asks nobody twice', { signers: 0b1111n, askedMs: 1_000 }, 'none'],
  ['asks again when one of them signed twice', { signers: 0b1111n, askedMs: 10, isObsolete: true }, 'ask'],
  ['does not ask again when enough have signed', { signers: FIVE, askedMs: 10, isObsolete: true }, 'wait'],
  ['waits for those it asked', { signers: 0n, askedMs: 999 }, 'wait'],
  ['does not ask if it is no reporter', { signers: 0n, place: undefined }, 'none'],
  ['leaves what as many attest', { signers: FIVE, standing: { signers: 0b1111100n, count: 5 } }, 'none'],
  ['asks nobody for what is attested', { signers: 0n, standing: { signers: FIVE, count: 5 } }, 'none'],
  ['replaces fewer who left it out', { standing: { signers: 0b1110111n, count: 6 } }, 'attest'],
  ['replaces no fewer who pay it more', { standing: { signers: FIVE, count: 5 } }, 'none'],
  ['brings nothing that does not pay for its gas', { signers: FIVE, incentives: POOR }, 'none'],
  ['brings nothing that pays others only', { place: undefined }, 'none'],
  ['brings nothing that it did not sign itself', { signers: 0b1110111n }, 'none'],
  ['brings anything if that is the policy', { policy: 'always', place: undefined }, 'attest'],
  ['asks for anything if that is the policy', { policy: 'always', signers: 0n, incentives: POOR }, 'ask'],
  ['asks for nothing that does not pay', { signers: 0n, incentives: POOR }, 'none'],
  ['never attests if that is the policy', { policy: 'never' }, 'none'],
  ['counts a roster that is missing', { incentives: { ...view().incentives, isRosterPublished: false } }, 'none'],
])('R-411 of what was proposed plainly, %s', (_, changes, action) => {
  expect(decideLate(view(changes)).action).toBe(action)
})

test('what attesting gains is its share less the one that it has', () => {
  const reward = { ...view().incentives, attestersReward: 70n }
  expect(lateGain(view({ incentives: reward }))).toBe(10n)
  expect(lateGain(view({ incentives: reward, signers: FIVE }))).toBe(14n)
  expect(lateGain(view({ incentives: reward, standing: { signers: 0b1110111n, count: 6 } }))).toBe(10n)
  expect(lateGain(view({ incentives: reward, standing: { signers: FIVE, count: 5 } }))).toBe(0n)
})

test('what cannot be read is read again in the next second, then after as long as it has failed, and every minute', () => {
  expect([0n, 1n, 2n, 59n, 60n, 61n].map(pauseAfter)).toEqual([1n, 1n, 2n, 59n, 60n, 60n])
})
