import { expect, test } from 'vitest'
import { INVALID } from '#protocol/fixing.ts'
import type { OwnSeat } from '../../../node/juror/decide.ts'
import { createStanding, type Seen } from '../../../node/juror/standing.ts'
import { FIXING_ID, keyOf } from '../reporters.ts'

const JURY = '0x00000000000000000000000000000000000000aa'
const OTHER = '0x00000000000000000000000000000000000000bb'
const SECOND = `0x${'5e'.repeat(32)}` as const
const COMMIT_END = 100_000n
const REVEAL_END = 143_200n
const NOTHING = {
  seats: 0,
  late: 0,
  unread: 0,
  unserved: [],
  deadline: undefined,
  failing: 0,
  dear: 0,
  toSend: 0,
  unseen: 0,
}
const seat = (number: number, vote: OwnSeat['vote'], isRevealed = false): OwnSeat => ({
  seat: number,
  vote,
  isRevealed,
})
const seen = (own: readonly OwnSeat[]): Seen => ({
  state: { stage: 'voting', round: 0, seedBlock: 500n, commitEnd: COMMIT_END, revealEnd: REVEAL_END },
  terms: { commitTime: 86_400, revealTime: 43_200 },
  own,
  isNoisy: false,
})

test('what was seen goes on counting while looks fail: a seat becomes late, and the failure shows until a look succeeds', () => {
  const standing = createStanding([])
  standing.note(JURY, FIXING_ID, seen([seat(1, { kind: 'none' }), seat(2, { kind: 'own', value: 7n })]))
  const early = {
    seats: 2,
    late: 0,
    unread: 0,
    unserved: [],
    deadline: COMMIT_END,
    failing: 0,
    dear: 0,
    toSend: 3,
    unseen: 0,
  }
  expect(standing.view(20_000n)).toEqual(early)
  standing.fail(JURY, FIXING_ID)
  standing.fail(OTHER)
  // A quarter of a day is left to commit, and nobody has looked since.
  expect(standing.view(COMMIT_END - 21_600n)).toEqual({ ...early, late: 1, failing: 2 })
  expect(standing.view(REVEAL_END - 1n)).toEqual({ ...early, late: 1, deadline: REVEAL_END, failing: 2, toSend: 1 })
  standing.pass(JURY, FIXING_ID)
  standing.keep(OTHER, [], 5)
  expect(standing.view(20_000n)).toEqual(early)
  standing.note(JURY, FIXING_ID, undefined)
  expect(standing.view(20_000n)).toEqual(NOTHING)
})

test('a case whose gas is too dear counts until that is told otherwise, or the case is over', () => {
  const standing = createStanding([])
  const dearAfter = (id: typeof FIXING_ID, carried: 'clear' | 'dear' | 'later'): number => {
    standing.carry(JURY, id, carried)
    return standing.view(20_000n).dear
  }
  expect(dearAfter(FIXING_ID, 'later')).toBe(0)
  expect(dearAfter(FIXING_ID, 'dear')).toBe(1)
  expect(dearAfter(SECOND, 'dear')).toBe(2)
  // It is not tried with every look.
  expect(dearAfter(FIXING_ID, 'later')).toBe(2)
  expect(dearAfter(FIXING_ID, 'clear')).toBe(1)
  standing.note(JURY, SECOND, undefined)
  expect(standing.view(20_000n).dear).toBe(0)
  expect(dearAfter(SECOND, 'dear')).toBe(1)
  standing.keep(JURY, [FIXING_ID], 5)
  expect(standing.view(20_000n).dear).toBe(0)
})

test('seats that stand at INVALID for want of reading count in all cases', () => {
  const standing = createStanding([])
  const unread = [seat(1, { kind: 'own', value: INVALID }), seat(2, { kind: 'own', value: INVALID })]
  standing.note(JURY, FIXING_ID, seen(unread))
  standing.note(JURY, SECOND, seen([...unread, seat(3, { kind: 'own', value: 7n })]))
  standing.note(OTHER, SECOND, { ...seen(unread), isNoisy: true })
  expect(standing.view(20_000n)).toMatchObject({ seats: 7, unread: 4, deadline: COMMIT_END })
  expect(standing.view(COMMIT_END)).toMatchObject({ seats: 7, unread: 0, unserved: [], deadline: REVEAL_END })
})

test('a case that is none any more is forgotten, and what failed of it', () => {
  const standing = createStanding([])
  standing.note(JURY, FIXING_ID, seen([seat(1, { kind: 'none' })]))
  standing.fail(JURY, FIXING_ID)
  standing.keep(OTHER, [], 5)
  expect(standing.view(20_000n)).toMatchObject({ seats: 1, failing: 1 })
  standing.keep(JURY, [FIXING_ID], 5)
  expect(standing.view(20_000n)).toMatchObject({ seats: 1, failing: 1 })
  standing.keep(JURY, [], 5)
  expect(standing.view(20_000n)).toEqual(NOTHING)
})

test('what is still to be sent: a commitment and its reveal, then the reveal, of a seat that has committed', () => {
  const standing = createStanding([])
  const own = [seat(1, { kind: 'none' }), seat(2, { kind: 'foreign' }), seat(3, { kind: 'own', value: 7n }, true)]
  standing.note(JURY, FIXING_ID, seen(own))
  expect([COMMIT_END - 1n, COMMIT_END, REVEAL_END].map((now) => standing.view(now).toSend)).toEqual([3, 1, 0])
})

test('a jury is unseen until a look at it succeeds, and a case that was never looked at may ask for votes of all its seats', () => {
  const standing = createStanding([JURY, OTHER])
  standing.fail(JURY)
  expect(standing.view(20_000n)).toEqual({ ...NOTHING, failing: 1, unseen: 2 })
  standing.keep(JURY, [FIXING_ID, SECOND], 5)
  // Two cases of five seats, to commit and to reveal.
  expect(standing.view(20_000n)).toMatchObject({ unseen: 1, toSend: 20 })
  standing.fail(JURY, FIXING_ID)
  standing.note(JURY, SECOND, seen([seat(1, { kind: 'none' })]))
  expect(standing.view(20_000n)).toMatchObject({ unseen: 1, toSend: 12 })
  standing.note(JURY, FIXING_ID, undefined)
  standing.keep(OTHER.toUpperCase().replace('0X', '0x') as typeof OTHER, [], 3)
  expect(standing.view(20_000n)).toMatchObject({ unseen: 0, toSend: 2 })
  // What was seen once is seen, whatever fails later.
  standing.fail(OTHER)
  standing.keep(JURY, [SECOND], 5)
  expect(standing.view(20_000n)).toMatchObject({ unseen: 0, toSend: 2 })
})

test('that an account names the node in no jury is not said before all of them were looked at', () => {
  const standing = createStanding([JURY, OTHER])
  const cold = { juror: keyOf('cold').address, kind: 'principal', names: 'other', hasStake: true } as const
  standing.serve(JURY, [cold])
  expect(standing.view(20_000n).unserved).toEqual([])
  standing.serve(OTHER, [cold])
  expect(standing.view(20_000n).unserved.map(({ jury }) => jury)).toEqual([JURY, OTHER])
})
