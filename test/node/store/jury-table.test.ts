import { expect, test } from 'vitest'
import type { KnownCase, KnownVote } from '../../../node/store/jury-table.ts'
import { FIXING, FIXING_ID } from '../reporters.ts'
import { temporaryFolder } from '../temporary.ts'
import { idOf, withStore } from './temporary-store.ts'

const [JURY, OTHER] = [
  '0x00000000000000000000000000000000000000aa',
  '0x00000000000000000000000000000000000000bb',
] as const
const knownCase = (jury: KnownCase['jury'], id: KnownCase['id']): KnownCase => ({
  jury,
  id,
  fixing: FIXING,
  block: 900n,
})
const VOTE: KnownVote = { jury: JURY, fixingId: FIXING_ID, round: 0, seat: 3, value: 7n, salt: idOf(9), at: 5n }

test('a chain that was undone has the log of every jury read again, and its closed cases, once; votes stay, also through a restart', async () => {
  const dataDir = temporaryFolder()
  const [first, second] = [knownCase(JURY, FIXING_ID), knownCase(OTHER, idOf(2))]
  await withStore(dataDir, async ({ juries }) => {
    await juries.extend(JURY, [first], 937n)
    await juries.extend(OTHER, [second], 938n)
    await juries.keep([VOTE])
    await juries.close(first)
    expect(await juries.startOver()).toBe(false)
    expect([await juries.nextBlock(JURY), await juries.cases()]).toEqual([937n, [second]])
    await juries.doubt()
    // What was on its way writes what it saw on the other chain.
    await juries.extend(JURY, [], 940n)
    await juries.close(second)
  })
  await withStore(dataDir, async ({ juries }) => {
    expect(await juries.startOver()).toBe(true)
    expect([await juries.nextBlock(JURY), await juries.nextBlock(OTHER)]).toEqual([undefined, undefined])
    expect(await juries.cases()).toEqual([first, second])
    expect(await juries.votes(JURY, FIXING_ID, 0)).toEqual([VOTE])
    await juries.close(first)
    expect(await juries.startOver()).toBe(false)
    expect(await juries.cases()).toEqual([second])
  })
})
