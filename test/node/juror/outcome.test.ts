import { expect, test } from 'vitest'
import { INVALID } from '#protocol/fixing.ts'
import type { JuryStage } from '#protocol/jury-case.ts'
import { createJournal } from '../../../node/journal.ts'
import { outcomesOf, sayOutcomes } from '../../../node/juror/outcome.ts'
import type { CourtPort } from '../../../node/chain/court-port.ts'
import { fakeClock } from '../fake-clock.ts'
import { FIXING, FIXING_ID, keyOf, WAD } from '../reporters.ts'
import { SILENT } from '../silent-log.ts'

const JUROR = keyOf('ann').address
const SEPARATION = { separationPpm: 1_001 }

/** What became of seats that revealed these, `undefined` for nothing, at a stake of 7 wei. */
function outcomes(stage: JuryStage, values: readonly (bigint | undefined)[]): readonly string[] {
  const state = { stage, round: stage === 'hung' ? 1 : 0, seedBlock: 5n, commitEnd: 1n, revealEnd: 2n }
  const seats = values.map((value, seat) => ({ seat, juror: JUROR, committed: undefined, value }))
  return outcomesOf({ state, seats }, SEPARATION, 7n).map(({ action, reason }) => `${action}: ${reason}`)
}

const kept = (seat: number, why: string): string => `kept: Seat ${seat} of ${JUROR} in round 0 kept its stake: ${why}.`
const lost = (seat: number, why: string): string =>
  `lost: Seat ${seat} of ${JUROR} in round 0 lost its stake, 7 wei: ${why}.`

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

/** What a journal has that hears of a case at these stages in turn; the juror's only seat revealed nothing in either round. */
async function said(...stages: readonly (readonly [stage: JuryStage, round: number])[]): Promise<readonly string[]> {
  const lines: string[] = []
  const append = async ({ action, reason }: { action: string; reason: string }): Promise<void> =>
    void lines.push(`${action}: ${reason}`)
  const journal = createJournal({ append }, fakeClock(), SILENT)
  const seat = { seat: 3, juror: JUROR, committed: undefined, value: undefined }
  const asked: unknown[] = []
  const court: Partial<CourtPort> = {
    async seats(...args) {
      asked.push(args)
      return [seat]
    },
  }
  const chain = { account: JUROR, court: () => court as CourtPort } // nothing else is asked of it
  const known = { jury: keyOf('jury').address, id: FIXING_ID, fixing: FIXING, block: 1n }
  for (const [stage, round] of stages) {
    const state = { stage, round, seedBlock: 5n, commitEnd: 1n, revealEnd: 2n }
    const trial = { state, seats: stage === 'waiting' ? [] : [seat] }
    await sayOutcomes({ chain, principals: [], journal }, { known, trial, seatStake: 7n, head: { number: 9n } })
  }
  for (const args of asked) expect(args).toEqual([FIXING_ID, 0, 9n])
  return lines
}

const silent = (round: number): string =>
  `lost: Seat 3 of ${JUROR} in round ${round} lost its stake, 7 wei: it revealed nothing, and too few revealed for a verdict.`

test('the same seat of the same juror is said once of each round, though the same became of it', async () => {
  expect(await said(['hung', 1], ['hung', 1], ['failed', 1], ['failed', 1])).toEqual([silent(0), silent(1)])
})

test.each(['waiting', 'voting'] as const)(
  'of a round that hung is said what became of its seats where the next was first seen: %s',
  async (stage) => {
    expect(await said(['voting', 0], [stage, 1], [stage, 1])).toEqual([silent(0)])
  },
)

test('a case that was first seen when its second round was over says of both', async () => {
  expect(await said(['failed', 1])).toEqual([silent(0), silent(1)])
})
