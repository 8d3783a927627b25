import type { Address } from 'viem'
import { expect, test } from 'vitest'
import { decideOn, isTrusted } from '../../node/decide.ts'
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
