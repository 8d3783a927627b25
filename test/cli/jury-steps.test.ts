import { describe, expect, test } from 'vitest'
import type { JuryCase } from '#protocol/jury-case.ts'
import type { Trial } from '../../cli/court/jury-court.ts'
import { trialSteps } from '../../cli/court/jury-lines.ts'
import { FIXING, FIXING_ID, MATURITY } from '../node/reporters.ts'
import { snapshotOf } from '../node/snapshots.ts'

const DAY = 86_400n
const ASKED = MATURITY + DAY
const TURN_END = ASKED + BigInt(FIXING.arbitrationLimit)
const OTHER = `0x${'77'.repeat(32)}` as const
const SEED = 500n
const TERMS = {
  seats: 5,
  quorum: 3,
  leastPool: 6,
  leastSeparationPpm: 1_000,
  warmUp: 86_400,
  seatStake: 1n,
  seatFee: 1n,
  commitTime: 86_400,
  revealTime: 43_200,
}

/** What is offered in a case at `stage` of which nobody looks who has a seat, `left` seconds before the jury's turn ends. */
function offered(stage: JuryCase['stage'], left: bigint, changes: Partial<Trial> = {}): string[] {
  const trial: Trial = {
    jury: { address: FIXING.arbitrator, terms: TERMS },
    fixing: FIXING,
    snapshot: snapshotOf({ arbitratedAt: ASKED }, { now: TURN_END - left }),
    state: { stage, round: 0, seedBlock: SEED, commitEnd: 0n, revealEnd: 0n },
    seats: [],
    block: SEED + 1n,
    firstToDraw: stage === 'waiting' ? FIXING_ID : undefined,
    ...changes,
  }
  const paste = (...words: readonly string[]): string => ['assize', ...words].join(' ')
  return trialSteps(trial, { account: undefined, principals: [] }, paste).map(({ command }) => command)
}

const move = (name: string): string[] => [`assize jury ${name} ${FIXING_ID}`]
// A day and a half of votes, two days for the seed, one to rule.
const VOTES = DAY + DAY / 2n
const CASE = VOTES + 3n * DAY

describe('assize jury status offers', () => {
  test('to open a case while its jury can still rule in time, and not what would be refused', () => {
    for (const stage of ['none', 'hung'] as const) {
      expect(offered(stage, CASE + 1n)).toEqual(move('open'))
      expect(offered(stage, CASE)).toEqual([])
    }
  })

  test('to draw while the votes fit into the turn', () => {
    expect(offered('waiting', VOTES + 1n)).toEqual(move('draw'))
    expect(offered('waiting', VOTES)).toEqual([])
    expect(offered('waiting', VOTES + 1n, { block: SEED })).toEqual([])
  })

  test('another seed once the first is forgotten, and to close the case when that comes too late', () => {
    const forgotten = { block: SEED + 8_192n }
    expect(offered('waiting', CASE + 1n, { block: SEED + 8_191n })).toEqual(move('draw'))
    expect(offered('waiting', CASE + 1n, forgotten)).toEqual(move('reseed'))
    expect(offered('waiting', CASE, forgotten)).toEqual(move('close'))
  })

  test('to close a case that waits for its draw after the turn', () => {
    expect(offered('waiting', 1n)).toEqual([])
    expect(offered('waiting', 0n)).toEqual(move('close'))
  })

  test('to look at the case that is to be drawn first', () => {
    const first = { firstToDraw: OTHER }
    expect(offered('waiting', CASE + 1n, first)).toEqual([`assize jury status ${OTHER}`])
    expect(offered('waiting', 0n, first)).toEqual([`assize jury status ${OTHER}`])
  })
})
