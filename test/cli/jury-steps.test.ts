import { describe, expect, test } from 'vitest'
import type { JuryCase } from '#protocol/jury-case.ts'
import { type Hands, OWN_HANDS } from '../../cli/court/hands.ts'
import type { Trial } from '../../cli/court/jury-court.ts'
import { trialSteps, type Viewer } from '../../cli/court/jury-lines.ts'
import { FIXING, FIXING_ID, MATURITY } from '../node/reporters.ts'
import { snapshotOf } from '../node/snapshots.ts'
import { SMALL_JURY } from '../client/jury-terms.ts'

const DAY = 86_400n
const ASKED = MATURITY + DAY
const TURN_END = ASKED + BigInt(FIXING.arbitrationLimit)
const OTHER = `0x${'77'.repeat(32)}` as const
const SEED = 500n
const TERMS = { ...SMALL_JURY, seats: 5, quorum: 3, leastPool: 6 }

const ROOM = { pool: 8, seated: 0, waiting: 0 }

const NOBODY: Viewer = { account: undefined, principals: [], unasked: [], ...OWN_HANDS }

/** What is offered in a case at `stage` to whoever looks, nobody who has a seat by default, `left` seconds before the jury's turn ends. */
function offered(
  stage: JuryCase['stage'],
  left: bigint,
  changes: Partial<Trial> = {},
  viewer: Viewer = NOBODY,
): string[] {
  const trial: Trial = {
    jury: { address: FIXING.arbitrator, terms: TERMS },
    fixing: FIXING,
    snapshot: snapshotOf({ arbitratedAt: ASKED }, { now: TURN_END - left }),
    state: { stage, round: 0, seedBlock: SEED, commitEnd: 0n, revealEnd: 0n },
    seats: [],
    block: SEED + 1n,
    firstToDraw: stage === 'waiting' ? FIXING_ID : undefined,
    staked: { ...ROOM, returned: 0 },
    ...changes,
  }
  const paste = (...words: readonly string[]): string => ['assize', ...words].join(' ')
  return trialSteps(trial, viewer, paste).map(({ command }) => command)
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

  test('to open a case also while stakes are to come back, unless a draw is due: that one first', () => {
    expect(offered('none', CASE + 1n, { staked: { ...ROOM, returned: 3 } })).toEqual(move('open'))
    const heldUp = { staked: { ...ROOM, returned: 3 }, firstToDraw: OTHER }
    expect(offered('none', CASE + 1n, heldUp)).toEqual([`assize jury status ${OTHER}`])
    expect(offered('none', CASE + 1n, { firstToDraw: OTHER })).toEqual(move('open'))
    // After the turn nothing comes of it.
    expect(offered('none', 0n, { ...heldUp, staked: undefined })).toEqual([])
  })

  test('no case to open of a fixing that the jury does not take', () => {
    const of = (changes: Partial<typeof FIXING>): string[] =>
      offered('none', CASE + 1n, { fixing: { ...FIXING, ...changes } })
    // The price: 13 shares of 0.002.
    expect(of({ arbitrationFee: 26n * 10n ** 15n })).toEqual(move('open'))
    expect(of({ arbitrationFee: 26n * 10n ** 15n - 1n })).toEqual([])
    expect(of({ separationPpm: 1_000 })).toEqual(move('open'))
    expect(of({ separationPpm: 999 })).toEqual([])
  })

  test('no case to open while the pool is too small for it, returned stakes counted', () => {
    const of = (pool: number, returned: number, seated: number, waiting = 0): string[] =>
      offered('none', CASE + 1n, { staked: { pool, returned, seated, waiting } })
    expect(of(6, 0, 0)).toEqual(move('open'))
    expect(of(5, 0, 0)).toEqual([])
    expect(of(2, 4, 0)).toEqual(move('open'))
    // Half of all stakes, those with seats counted.
    expect(of(10, 0, 10)).toEqual(move('open'))
    expect(of(9, 0, 10)).toEqual([])
    expect(of(10, 0, 0, 1)).toEqual([])
    expect(of(11, 0, 0, 1)).toEqual(move('open'))
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
    // The backup's turn has come: without its address the command would be for that.
    expect(offered('waiting', 0n)).toEqual(move('close').map((line) => `${line} --jury ${FIXING.arbitrator}`))
  })

  test('to look at the case that is to be drawn first', () => {
    const first = { firstToDraw: OTHER }
    expect(offered('waiting', CASE + 1n, first)).toEqual([`assize jury status ${OTHER}`])
    expect(offered('waiting', 0n, first)).toEqual([`assize jury status ${OTHER}`])
  })

  test('to reveal what the account can, by their numbers where others of its seats are not its to reveal', () => {
    const seats = [0, 1, 2].map((seat) => ({ seat, juror: FIXING.backup, committed: OTHER, value: undefined }))
    const viewer = { account: FIXING.backup, principals: [FIXING.backup], unasked: [], ...OWN_HANDS }
    const state = { stage: 'voting', round: 0, seedBlock: SEED, commitEnd: 0n, revealEnd: TURN_END } as const
    const of = (hands: Partial<Hands>) => offered('voting', DAY, { seats, state }, { ...viewer, ...hands })
    expect(of({})).toEqual([`assize jury reveal ${FIXING_ID} VALUE`])
    expect(of({ closed: [1] })).toEqual([`assize jury reveal ${FIXING_ID} VALUE --seat 0,2`])
    expect(of({ closed: [0, 1, 2] })).toEqual([])
  })
})
