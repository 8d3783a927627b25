import { expect, test } from 'vitest'
import type { Address } from 'viem'
import type { CourtCase, CourtPort } from '../../../node/chain/court-port.ts'
import { createClerkTurns, turnOf } from '../../../node/juror/turns.ts'
import { FIXING_ID, keyOf } from '../reporters.ts'

const JURY = '0x00000000000000000000000000000000000000aa'
const KNOWN = { jury: JURY, id: FIXING_ID } as const
const WAITING: CourtCase = {
  state: { stage: 'waiting', round: 0, seedBlock: 500n, commitEnd: 0n, revealEnd: 0n },
  seats: [],
}

test('jurors come one after the other, and nobody waits for more than two dozen turns', () => {
  expect([0, 1, 11].map(turnOf)).toEqual([0, 1, 11])
  expect([12, 13, 23, 24, 5_000].map(turnOf)).toEqual([12, 13, 23, 12, 20])
  for (let rank = 0; rank < 10_000; rank += 7) expect(turnOf(rank)).toBeLessThan(24)
})

test('a turn begins with the first sight of a move, and the pool is read once for it, again if that fails', async () => {
  const reads: bigint[] = []
  const pool = async (at: bigint): Promise<readonly Address[]> => {
    reads.push(at)
    if (reads.length === 1) throw new Error('no answer')
    return [keyOf('ann').address, keyOf('bob').address, keyOf('bob').address]
  }
  const returned = async () => [keyOf('bob').address, keyOf('cleo').address]
  const court: Pick<CourtPort, 'pool' | 'returned'> = { pool, returned }
  const turns = createClerkTurns({
    chain: { court: () => court as CourtPort },
    isClerk: true,
    stageDelaySeconds: 60,
    rank: (_id, jurors) => jurors.length,
  })
  const at = (number: bigint, move: 'draw' | 'reseed' = 'draw') =>
    turns.timeOf({ known: KNOWN, trial: WAITING, head: { number, time: 12n * number }, move })
  await expect(at(10n)).rejects.toThrow('no answer')
  // Three jurors, each counted once, one of whom has only what a round returned: three turns of a minute after block 10.
  for (const number of [11n, 12n, 13n]) expect(await at(number)).toBe(300n)
  expect(reads).toEqual([10n, 11n])
  expect(await at(14n, 'reseed')).toBe(348n)
  turns.forget(KNOWN)
  expect(await at(15n)).toBe(360n)
  expect(reads).toEqual([10n, 11n, 14n, 15n])
})

test('stakes are brought back in the turn in which the case is opened, and what is possible again has a turn of its own', async () => {
  const court = { pool: async () => [keyOf('ann').address], returned: async () => [] }
  const chain = { court: () => court as unknown as CourtPort } // the two that are read
  const turns = createClerkTurns({ chain, isClerk: true, stageDelaySeconds: 60, rank: () => 2 })
  const trial = { ...WAITING, state: { ...WAITING.state, stage: 'none' as const, seedBlock: 0n } }
  const at = (time: bigint, move: 'readmit' | 'open' | undefined) =>
    turns.timeOf({ known: KNOWN, trial, head: { number: 1n, time }, move })
  expect([await at(100n, 'readmit'), await at(130n, 'open')]).toEqual([220n, 220n])
  expect([await at(140n, undefined), await at(500n, 'readmit')]).toEqual([undefined, 620n])
})

test('who is no clerk, and whoever waits for nothing, has no turn', async () => {
  const court = (): never => {
    throw new Error('nothing to read')
  }
  const components = { chain: { court }, stageDelaySeconds: 60, rank: () => 0 }
  const head = { number: 10n, time: 120n }
  const turnOfOne = (isClerk: boolean, move: 'draw' | undefined) =>
    createClerkTurns({ ...components, isClerk }).timeOf({ known: KNOWN, trial: WAITING, head, move })
  expect([await turnOfOne(false, 'draw'), await turnOfOne(true, undefined)]).toEqual([undefined, undefined])
})
