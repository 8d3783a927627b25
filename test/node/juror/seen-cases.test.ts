import type { Hex } from 'viem'
import { expect, test } from 'vitest'
import type { Fixing } from '#protocol/fixing.ts'
import type { JuryCase } from '#protocol/jury-case.ts'
import type { CourtPort } from '../../../node/chain/court-port.ts'
import { SMALL_JURY } from '../../client/jury-terms.ts'
import { FIXING, FIXING_ID, keyOf } from '../reporters.ts'
import { snapshotOf } from '../snapshots.ts'
import { chainOf, HEAD, JURY, jurorWith, NO_CASES } from './juror-with.ts'

test('a case that goes on after it was seen to be over is closed so many blocks after it is over again', async () => {
  const closed: bigint[] = []
  let stage: JuryCase['stage'] = 'decided'
  let block = 0n
  const seat = { seat: 1, juror: keyOf('other').address, committed: undefined, value: undefined }
  const court: Partial<CourtPort> = {
    terms: async () => SMALL_JURY,
    opened: async () => [],
    trial: async () => ({
      state: { stage, round: 0, seedBlock: 5n, commitEnd: 90_000n, revealEnd: 130_000n },
      seats: [seat],
    }),
    voters: async () => [undefined],
    waiting: async () => [],
    returned: async () => [],
    pool: async () => [],
  }
  const juror = jurorWith(new Set(), undefined, {
    chain: chainOf(court),
    table: {
      ...NO_CASES,
      cases: async () => [{ jury: JURY, id: FIXING_ID, fixing: FIXING, block: 1n }],
      close: async () => void closed.push(block),
    },
  })
  const lookAt = async (number: bigint): Promise<void> => {
    block = number
    juror.look({ number, time: HEAD.time })
    await juror.idle()
    expect(juror.view().failing).toBe(0)
  }
  await lookAt(10n)
  stage = 'voting'
  await lookAt(11n)
  stage = 'decided'
  for (const number of [20n, 74n, 83n]) await lookAt(number)
  expect(closed).toEqual([])
  await lookAt(84n)
  expect(closed).toEqual([84n])
})

test('a fixing in arbitration whose backup the jury is is looked at as one whose arbitrator it is, another is not', async () => {
  const ids = ['a1', 'b2', 'c3', 'd4'].map((byte): Hex => `0x${byte.repeat(32)}`)
  const fixings: Fixing[] = [
    { ...FIXING, arbitrator: JURY },
    { ...FIXING, backup: JURY },
    FIXING,
    { ...FIXING, backup: JURY, arbitrationFee: 1n },
  ]
  const looked: Hex[] = []
  const none = { stage: 'none', round: 0, seedBlock: 0n, commitEnd: 0n, revealEnd: 0n } as const
  const court: Partial<CourtPort> = {
    terms: async () => SMALL_JURY,
    opened: async () => [],
    trial: async () => ({ state: none, seats: [] }),
    waiting: async () => [],
    returned: async () => [],
    pool: async () => [],
    staked: async () => ({ pool: 0, returned: 0, seated: 0, waiting: 0 }),
  }
  const juror = jurorWith(new Set(), undefined, {
    chain: chainOf(court),
    table: NO_CASES,
    waiting: () => fixings.flatMap((fixing, i) => ids.slice(i, i + 1).map((id) => ({ id, fixing }))),
    onCase: ({ id }) => void looked.push(id),
  })
  juror.look(HEAD)
  await juror.idle()
  expect(looked.toSorted()).toEqual(ids.slice(0, 2))
})

test('what may have been committed to is what was read, what is proposed, and what others have seen', async () => {
  const guessed: (readonly bigint[])[] = []
  let reading: bigint | undefined = 1n
  const state = { stage: 'voting', round: 0, seedBlock: 5n, commitEnd: 90_000n, revealEnd: 130_000n } as const
  const seat = { seat: 1, juror: keyOf('sender').address, committed: FIXING_ID, value: undefined }
  const court: Partial<CourtPort> = {
    terms: async () => SMALL_JURY,
    opened: async () => [],
    trial: async () => ({ state, seats: [seat] }),
    voters: async () => [undefined],
  }
  const juror = jurorWith(new Set(), undefined, {
    chain: chainOf(court, {
      snapshot: async () => snapshotOf({}, { candidates: [2n, 3n].map((value) => ({ value, stake: 1n })) }),
    }),
    votes: {
      prepare: async () => [],
      async openings(_round, _seats, guesses) {
        guessed.push(guesses)
        return new Map()
      },
      kept: async () => new Map(),
      forget: () => undefined,
    },
    reading: async () => reading,
    seen: async () => [4n, 5n],
  })
  for (const one of [1n, undefined]) {
    reading = one
    juror.look(HEAD)
    await juror.idle()
  }
  expect(guessed).toEqual([
    [1n, 2n, 3n, 4n, 5n],
    [2n, 3n, 4n, 5n],
  ])
})
