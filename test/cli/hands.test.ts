import { numberToHex, zeroAddress } from 'viem'
import { expect, test } from 'vitest'
import type { VoteEvent } from '#client/juror.ts'
import type { JurySeat } from '#client/jury.ts'
import { handsOf, type Hands } from '../../cli/court/hands.ts'
import { FIXING_ID } from '../node/reporters.ts'

const [HOT, COLD, COLDER, OTHER] = [1, 2, 3, 4].map((n) => numberToHex(n, { size: 20 })) as [
  `0x${string}`,
  `0x${string}`,
  `0x${string}`,
  `0x${string}`,
]
const COMMITTED = numberToHex(7, { size: 32 })
const STATE = { stage: 'voting', round: 1, seedBlock: 5n, commitEnd: 90_000n, revealEnd: 130_000n } as const

const voter = (juror: `0x${string}`, named: `0x${string}`): VoteEvent => ({
  kind: 'voter',
  block: 1n,
  juror,
  voter: named,
})
const commit = (seat: number, round = 1, id = FIXING_ID): VoteEvent => ({ kind: 'commit', block: 1n, id, round, seat })

/** In whose hands seats 0 (of COLD), 1 (of COLDER) and 2 (of COLD, revealed) are for HOT, or who looks, by `votes`. */
function hands(votes: readonly VoteEvent[], principals: readonly `0x${string}`[] = [], account = HOT): Hands {
  const seats: JurySeat[] = [
    { seat: 0, juror: COLD, committed: COMMITTED, value: undefined },
    { seat: 1, juror: COLDER, committed: COMMITTED, value: undefined },
    { seat: 2, juror: COLD, committed: undefined, value: 5n },
  ]
  return handsOf({ id: FIXING_ID, state: STATE, seats }, votes, { account, principals })
}

/** Those of them that HOT has committed for others. */
const former = (votes: readonly VoteEvent[], principals: readonly `0x${string}`[] = []): readonly number[] =>
  hands(votes, principals).former

test('a seat is a former voter’s if that was the voter when it was last committed', () => {
  const named = [voter(COLD, HOT), voter(COLDER, HOT)]
  const all = [commit(0), commit(1), commit(2)]
  expect(former([...named, ...all])).toEqual([0, 1])
  expect(former([...named, ...all, voter(COLD, OTHER)])).toEqual([0, 1])
  // Committed before HOT was named, or after another was.
  expect(former([...all, ...named])).toEqual([])
  expect(former([...named, voter(COLD, OTHER), ...all])).toEqual([1])
  // The new voter has replaced what was committed.
  expect(former([...named, ...all, voter(COLD, OTHER), commit(0)])).toEqual([1])
})

test('other rounds, other fixings, and seats that the account votes for are none', () => {
  const named = [voter(COLD, HOT), voter(COLDER, HOT)]
  expect(former([...named, commit(0, 0), commit(1, 1, COMMITTED)])).toEqual([])
  expect(former([...named, commit(0), commit(1)], [COLD])).toEqual([1])
  expect(former([commit(0), commit(1)])).toEqual([])
})

test('a seat that was committed before the voter was named is closed to it, until it commits again', () => {
  const OPEN = { former: [], closed: [], doubtful: [] }
  const all = [commit(0), commit(1), commit(2)]
  const told = [voter(COLD, OTHER), voter(COLDER, zeroAddress)]
  const named = [voter(COLD, HOT), voter(COLDER, HOT)]
  const both = [COLD, COLDER]
  expect(hands([...told, ...all, ...named], both)).toEqual({ ...OPEN, closed: [0, 1] })
  expect(hands([...told, ...all, ...named, commit(1)], both)).toEqual({ ...OPEN, closed: [0] })
  // Named again, it is who it was; so it is where another was named meanwhile.
  expect(hands([...named, ...all, ...named], both)).toEqual(OPEN)
  expect(hands([...named, ...all, voter(COLD, OTHER), ...named], both)).toEqual(OPEN)
})

test('nothing is closed of which the log does not say who has committed it', () => {
  const OPEN = { former: [], closed: [], doubtful: [] }
  const both = [COLD, COLDER]
  // The log begins after the voter was named, or after all was committed; or it does not have the last naming yet.
  expect(hands([commit(0), commit(1)], both)).toEqual(OPEN)
  expect(hands([voter(COLD, HOT), voter(COLDER, HOT)], both)).toEqual(OPEN)
  expect(hands([voter(COLD, OTHER), commit(0)], both)).toEqual(OPEN)
  expect(hands([commit(0), commit(1), voter(COLD, HOT)], both)).toEqual({ ...OPEN, doubtful: [0] })
  expect(hands([], [])).toEqual(OPEN)
})

test('a juror may have committed itself what its voter could', () => {
  const NONE = { former: [], closed: [], doubtful: [] }
  const all = [commit(0), commit(1)]
  expect(hands([voter(COLD, HOT), ...all], [COLD], COLD)).toEqual({ ...NONE, doubtful: [0] })
  expect(hands([voter(COLD, HOT), voter(COLD, zeroAddress), ...all], [COLD], COLD)).toEqual(NONE)
  expect(hands(all, [COLD], COLD)).toEqual(NONE)
})
