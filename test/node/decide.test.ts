import type { Address } from 'viem'
import { expect, test } from 'vitest'
import { decideOn, isTrusted, unsureness } from '../../node/decide.ts'
import { keyOf, MATURITY, WAD } from './reporters.ts'
import { snapshotOf } from './snapshots.ts'

const LIE = 3_000n * WAD
const TRUTH = 2_500n * WAD
const SNAPSHOT = snapshotOf(
  { round: 1, bond: 25n, leader: LIE, deadline: MATURITY + 86_400n },
  { candidates: [{ value: LIE, stake: 25n }] },
)

test('never acts without an own observation, whatever the report says', () => {
  expect(decideOn(SNAPSHOT, [], { own: undefined, reportValue: TRUTH, noisePpm: 100 }).action).toBe('none')
})

test("joins the report's value near its own, else the fullest pot of this round", () => {
  const near = TRUTH + WAD / 10n
  const knowledge = { own: TRUTH, noisePpm: 100 }
  expect(decideOn(SNAPSHOT, [], { ...knowledge, reportValue: near })).toMatchObject({
    action: 'contribute',
    value: near,
  })
  const pots = [
    { kind: 'stake', round: 0, value: near, filled: 99n },
    { kind: 'stake', round: 1, value: TRUTH + 1n, filled: 2n },
    { kind: 'stake', round: 1, value: TRUTH + 2n, filled: 3n },
  ] as const
  expect(decideOn(SNAPSHOT, pots, { ...knowledge, reportValue: undefined })).toMatchObject({ value: TRUTH + 2n })
})

test('does nothing before a proposal', () => {
  expect(decideOn(snapshotOf({}), [], { own: TRUTH, reportValue: TRUTH, noisePpm: 100 }).action).toBe('none')
})

test('risks money only where both arbitrator and backup are trusted', () => {
  const [ann, bob, eve] = [keyOf('ann').address, keyOf('bob').address, keyOf('eve').address]
  const lower = (address: Address): Address => address.toLowerCase() as Address
  expect(isTrusted({ arbitrator: ann, backup: bob }, [lower(bob), lower(ann)])).toBe(true)
  expect(isTrusted({ arbitrator: eve, backup: bob }, [ann, bob])).toBe(false)
  expect(isTrusted({ arbitrator: ann, backup: eve }, [ann, bob])).toBe(false)
  expect(isTrusted({ arbitrator: ann, backup: bob }, [])).toBe(false)
})

test('an observation is sure enough with so many sources more than the index needs, and no further apart', () => {
  const floor = { spareSources: 2, maxSpreadPpm: 500 }
  const sure = { sources: 5, spreadPpm: 500n }
  expect(unsureness(sure, 3, floor)).toBe(undefined)
  expect(unsureness({ ...sure, sources: 4 }, 3, floor)).toBe(
    'The own observation is of 4 sources, policy.spare_sources wants 5: no stake on it.',
  )
  expect(unsureness({ ...sure, spreadPpm: 501n }, 3, floor)).toBe(
    'The own sources are 501 ppm apart, policy.max_spread_ppm allows 500: no stake on them.',
  )
  expect(unsureness({ ...sure, spreadPpm: 10n ** 9n }, 3, { ...floor, maxSpreadPpm: undefined })).toBe(undefined)
})

test('an observation of which nothing is known is sure enough only where nothing is asked', () => {
  const nothing = { spareSources: 0, maxSpreadPpm: undefined }
  expect(unsureness(undefined, 3, nothing)).toBe(undefined)
  const reason = 'How sure the own observation is was not kept: no stake on it.'
  expect(unsureness(undefined, 3, { ...nothing, spareSources: 1 })).toBe(reason)
  expect(unsureness(undefined, 3, { ...nothing, maxSpreadPpm: 0 })).toBe(reason)
})
