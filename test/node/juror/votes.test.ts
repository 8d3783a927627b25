import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { Hex } from 'viem'
import type { JurySeat } from '#client/jury.ts'
import { openStore } from '#node/store'
import { INVALID } from '#protocol/fixing.ts'
import { commitmentOf } from '#protocol/jury.ts'
import { createVotes, type Round } from '../../../node/juror/votes.ts'
import { localKeys } from '../../../node/sign/keys.ts'
import { FIXING, FIXING_ID, keyOf, WAD } from '../reporters.ts'
import { temporaryFolder } from '../temporary.ts'

const JURY = '0x00000000000000000000000000000000000000aa'
const ROUND: Round = { chainId: 31_337, jury: JURY, fixingId: FIXING_ID, round: 0 }
const ANN = keyOf('ann')
const KEYS = localKeys(ANN)
const BROKEN = { signBallot: (): Promise<Hex> => Promise.reject(new Error('no signer')) }
const SEAT: JurySeat = { seat: 7, juror: ANN.address, committed: undefined, value: undefined }
const VALUE = 2_500n * WAD

test('what is prepared is on disk when it is there, and opens its commitment after a restart without the signer', async () => {
  const dataDir = temporaryFolder()
  const first = await openStore(dataDir)
  const [vote] = await createVotes({ table: first.juries, keys: KEYS }).prepare(ROUND, [SEAT], VALUE, 1n)
  await first.close()
  if (vote === undefined) throw new Error('no vote')
  const store = await openStore(dataDir)
  const committed = commitmentOf({ ...vote, ...ROUND })
  const openings = await createVotes({ table: store.juries, keys: BROKEN }).openings(
    ROUND,
    [{ ...SEAT, committed }],
    [],
  )
  expect(openings).toEqual(
    new Map([[7, { fixingId: FIXING_ID, seat: 7, value: VALUE, salt: vote.salt, isKept: true }]]),
  )
  await store.close()
})

test('a store that was lost is made good by the key and the values that may have been', async () => {
  const [before, after] = await Promise.all([openStore(temporaryFolder()), openStore(temporaryFolder())])
  const [number] = await createVotes({ table: before.juries, keys: KEYS }).prepare(ROUND, [SEAT], VALUE, 1n)
  const [invalid] = await createVotes({ table: before.juries, keys: KEYS }).prepare(ROUND, [SEAT], INVALID, 1n)
  if (number === undefined || invalid === undefined) throw new Error('no vote')
  const votes = createVotes({ table: after.juries, keys: KEYS })
  const of = async (vote: typeof number, guesses: bigint[]) => {
    const committed = commitmentOf({ ...vote, ...ROUND })
    return (await votes.openings(ROUND, [{ ...SEAT, committed }], guesses)).get(7)?.value
  }
  expect(await of(number, [1n, VALUE])).toBe(VALUE)
  expect(await of(invalid, [1n, VALUE])).toBe(INVALID)
  expect(await of(number, [1n])).toBe(undefined)
  const found = await votes.openings(ROUND, [{ ...SEAT, committed: commitmentOf({ ...invalid, ...ROUND }) }], [])
  // Whoever has the key may have made it by hand.
  expect(found.get(7)?.isKept).toBe(false)
  await Promise.all([before.close(), after.close()])
})

test('what takes long to guess is asked for only where nothing else opens the commitment', async () => {
  const [before, after] = await Promise.all([openStore(temporaryFolder()), openStore(temporaryFolder())])
  const [vote] = await createVotes({ table: before.juries, keys: KEYS }).prepare(ROUND, [SEAT], VALUE, 1n)
  if (vote === undefined) throw new Error('no vote')
  const committed = commitmentOf({ ...vote, ...ROUND })
  let asked = 0
  const openings = async (guesses: bigint[], more: bigint[]) => {
    const votes = createVotes({ table: after.juries, keys: KEYS })
    const found = await votes.openings(ROUND, [{ ...SEAT, committed }], guesses, async () => {
      asked += 1
      return more
    })
    return found.get(7)?.value
  }
  expect([await openings([VALUE], []), asked]).toEqual([VALUE, 0])
  expect([await openings([1n], [2n, VALUE]), asked]).toEqual([VALUE, 1])
  expect([await openings([1n], [2n]), asked]).toEqual([undefined, 2])
  await Promise.all([before.close(), after.close()])
})

test('a seat keeps its first salt, whatever the signer signs the second time, and needs no signer for it', async () => {
  const dataDir = temporaryFolder()
  const first = await openStore(dataDir)
  const [before] = await createVotes({ table: first.juries, keys: KEYS }).prepare(ROUND, [SEAT], VALUE, 1n)
  await first.close()
  if (before === undefined) throw new Error('no vote')
  const store = await openStore(dataDir)
  const fickle = { signBallot: async (): Promise<Hex> => `0x${'55'.repeat(65)}` }
  const votes = createVotes({ table: store.juries, keys: fickle })
  const again = await votes.prepare(ROUND, [SEAT, { ...SEAT, seat: 8 }], VALUE, 2n)
  expect(again.map(({ seat, salt }) => [seat, salt === before.salt])).toEqual([
    [7, true],
    [8, false],
  ])
  const silent = createVotes({ table: store.juries, keys: BROKEN })
  expect((await silent.prepare(ROUND, [SEAT], INVALID, 3n)).map(({ salt }) => salt)).toEqual([before.salt])
  const committed = commitmentOf({ ...before, ...ROUND })
  expect((await silent.openings(ROUND, [{ ...SEAT, committed }], [])).get(7)).toMatchObject({ value: VALUE })
  await store.close()
})

test('of several salts of a seat it goes on with the first, in whatever order the store has them', async () => {
  const [first, second] = [1n, 2n].map((at) => {
    return { ...ROUND, seat: 7, value: VALUE, salt: `0x${`${at}`.repeat(64)}` as const, at }
  })
  if (first === undefined || second === undefined) throw new Error('two')
  const salts = [first, second].map(async (one, i, all) => {
    const table = { keep: async () => undefined, votes: async () => [one, ...all.toSpliced(i, 1)] }
    const [vote] = await createVotes({ table, keys: BROKEN }).prepare(ROUND, [SEAT], INVALID, 3n)
    return vote?.salt
  })
  expect(await Promise.all(salts)).toEqual([first.salt, first.salt])
})

test('each round has salts of its own, those that a store made good has too', async () => {
  const [store, lost] = await Promise.all([openStore(temporaryFolder()), openStore(temporaryFolder())])
  const votes = createVotes({ table: store.juries, keys: KEYS })
  const rounds = [ROUND, { ...ROUND, round: 1 }]
  for (const round of rounds) await votes.prepare(round, [SEAT], VALUE, 1n)
  const found = await Promise.all(
    rounds.map(async (round) => {
      const [vote] = await store.juries.votes(JURY, FIXING_ID, round.round)
      const committed = vote === undefined ? undefined : commitmentOf({ ...vote, ...round, juror: ANN.address })
      // One that begins with this round: it has signed for no other.
      const fresh = createVotes({ table: lost.juries, keys: KEYS })
      return (await fresh.openings(round, [{ ...SEAT, committed }], [VALUE])).get(7)?.value
    }),
  )
  expect(found).toEqual([VALUE, VALUE])
  await Promise.all([store.close(), lost.close()])
})

test('what is prepared is not there as long as it is not on disk', async () => {
  const order: string[] = []
  const { promise: kept, resolve: keep } = Promise.withResolvers<void>()
  const asked = Promise.withResolvers<void>()
  const table = {
    votes: async () => [],
    keep: async () => {
      asked.resolve()
      await kept
      order.push('kept')
    },
  }
  const prepared = createVotes({ table, keys: KEYS }).prepare(ROUND, [SEAT], VALUE, 1n)
  const noted = prepared.then(() => order.push('prepared'))
  await asked.promise
  // Who did not wait for the disk is there by then.
  await setImmediate()
  keep()
  await noted
  expect(order).toEqual(['kept', 'prepared'])
})

test('of a signer that fails for once the next try has what it takes', async () => {
  const store = await openStore(temporaryFolder())
  let fails = true
  const keys = {
    signBallot: (...args: Parameters<typeof KEYS.signBallot>) =>
      fails ? BROKEN.signBallot() : KEYS.signBallot(...args),
  }
  const votes = createVotes({ table: store.juries, keys })
  await expect(votes.prepare(ROUND, [SEAT], VALUE, 1n)).rejects.toThrow('no signer')
  expect(await store.juries.votes(JURY, FIXING_ID, 0)).toEqual([])
  fails = false
  expect(await votes.prepare(ROUND, [SEAT], VALUE, 1n)).toHaveLength(1)
  await store.close()
})

test('the store keeps cases until they are over, and every vote of a round', async () => {
  const dataDir = temporaryFolder()
  const store = await openStore(dataDir)
  const known = { jury: JURY, id: FIXING_ID, fixing: FIXING, block: 9n } as const
  await store.juries.extend(JURY, [known], 12n)
  expect(await store.juries.cases()).toEqual([known])
  expect(await store.juries.nextBlock(JURY)).toBe(12n)
  await store.juries.close(known)
  // Read again, since its block might have been undone, it is still over.
  await store.juries.extend(JURY, [known], 13n)
  const vote = { jury: JURY, fixingId: FIXING_ID, round: 0, seat: 7, value: VALUE, salt: FIXING_ID, at: 5n } as const
  // A salt of a signer that signed otherwise the second time is another vote.
  const salted = { ...vote, salt: `0x${'ff'.repeat(32)}`, at: 6n } as const
  await store.juries.keep([vote, { ...vote, value: INVALID }])
  await store.juries.keep([salted])
  await store.juries.keep([{ ...vote, round: 1, seat: 1 }])
  await store.close()
  const again = await openStore(dataDir)
  expect(await again.juries.cases()).toEqual([])
  expect(await again.juries.votes(JURY, FIXING_ID, 0)).toEqual([vote, salted, { ...vote, value: INVALID }])
  await again.close()
})
