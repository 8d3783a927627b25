import { expect, test } from 'vitest'
import { INVALID } from '#protocol/fixing.ts'
import type { JuryStage } from '#protocol/jury-case.ts'
import { outcomesOf } from '../../../node/juror/outcome.ts'
import { keyOf, WAD } from '../reporters.ts'

const JUROR = keyOf('ann').address
const SEPARATION = { separationPpm: 1_001 }

/** What became of seats that revealed these, `undefined` for nothing, at a stake of 7 wei. */
function outcomes(stage: JuryStage, values: readonly (bigint | undefined)[]): readonly string[] {
  const state = { stage, round: 0, seedBlock: 5n, commitEnd: 1n, revealEnd: 2n }
  const seats = values.map((value, seat) => ({ seat, juror: JUROR, committed: undefined, value }))
  return outcomesOf({ state, seats }, SEPARATION, 7n).map(({ action, reason }) => `${action}: ${reason}`)
}

const kept = (seat: number, why: string): string => `kept: Seat ${seat} of ${JUROR} kept its stake: ${why}.`
const lost = (seat: number, why: string): string => `lost: Seat ${seat} of ${JUROR} lost its stake, 7 wei: ${why}.`

test('a seat keeps its stake within half of the separation of the verdict, in whole ppm, and who revealed nothing loses it (R-504)', () => {
  // 500 ppm of 2 000 are 1.
  const values = [2_000n * WAD, 2_001n * WAD, 2_001n * WAD + 1n, INVALID, undefined, 2_000n * WAD, 1_999n * WAD]
  const verdict = 'the verdict is 2000'
  expect(outcomes('decided', values)).toEqual([
    kept(0, `it revealed 2000, and ${verdict}`),
    kept(1, `it revealed 2001, and ${verdict}`),
    lost(2, `it revealed 2001.000000000000000001, and ${verdict}`),
    lost(3, `it revealed INVALID, and ${verdict}`),
    lost(4, `it revealed nothing, and ${verdict}`),
    kept(5, `it revealed 2000, and ${verdict}`),
    lost(6, `it revealed 1999, and ${verdict}`),
  ])
  expect(outcomes('decided', [INVALID, INVALID, WAD])[2]).toBe(lost(2, 'it revealed 1, and the verdict is INVALID'))
})

test.each(['hung', 'failed'] as const)('where too few revealed only who was silent loses it: %s', (stage) => {
  const end = 'too few revealed for a verdict'
  expect(outcomes(stage, [WAD, undefined])).toEqual([
    kept(0, `it revealed 1, and ${end}`),
    lost(1, `it revealed nothing, and ${end}`),
  ])
})

test('before a round is over nothing became of its seats', () => {
  expect((['none', 'waiting', 'voting'] as const).flatMap((stage) => outcomes(stage, [WAD, undefined]))).toEqual([])
})
