import { numberToHex } from 'viem'
import { expect, test } from 'vitest'
import type { VoteEvent } from '#client/juror.ts'
import type { JurySeat } from '#client/jury.ts'
import { formerSeats } from '../../cli/court/former-seats.ts'
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

/** Which of seats 0 (of COLD), 1 (of COLDER) and 2 (of COLD, revealed) HOT has committed for others, by `votes`. */
function former(votes: readonly VoteEvent[], principals: readonly `0x${string}`[] = []): readonly number[] {
  const seats: JurySeat[] = [
    { seat: 0, juror: COLD, committed: COMMITTED, value: undefined },
    { seat: 1, juror: COLDER, committed: COMMITTED, value: undefined },
    { seat: 2, juror: COLD, committed: undefined, value: 5n },
  ]
  return formerSeats({ id: FIXING_ID, state: STATE, seats }, votes, { account: HOT, principals })
}

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
