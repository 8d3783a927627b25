import { expect, test } from 'vitest'
import { openStore } from '#node/store'
import { temporaryFolder } from '../temporary.ts'
import { idOf, withStore } from './temporary-store.ts'

test('numbers the journal on after a restart and returns the newest, oldest first', async () => {
  const dataDir = temporaryFolder()
  for (const stage of ['a', 'b', 'c']) {
    await withStore(dataDir, ({ journal }) => journal.append({ time: 0n, stage, action: '', reason: '' }))
  }
  const newest = await withStore(dataDir, ({ journal }) => journal.newest(2))
  expect(newest.map(({ sequence, stage }) => [sequence, stage])).toEqual([
    [2, 'b'],
    [3, 'c'],
  ])
})

test('finds the journal lines of a fixing however many came after them', async () => {
  const store = await openStore(temporaryFolder())
  const line = { time: 0n, stage: 'sign', action: 'sign' }
  const ours = [idOf(1), idOf(2), idOf(1)]
  for (const fixingId of ours) await store.journal.append({ ...line, reason: 'old', fixingId })
  await Promise.all(
    Array.from({ length: 2_100 }, (_, i) =>
      store.journal.append({ ...line, reason: 'new', ...(i % 2 === 0 ? { fixingId: idOf(3) } : {}) }),
    ),
  )
  const sequencesOf = async (limit: number, fixing: string): Promise<number[]> =>
    (await store.journal.newest(limit, fixing)).map(({ sequence }) => sequence)
  expect(await sequencesOf(10, idOf(1))).toEqual([1, 3])
  expect(await sequencesOf(1, idOf(1))).toEqual([3])
  expect(await sequencesOf(2, idOf(3))).toEqual([2_100, 2_102])
  expect(await sequencesOf(10, idOf(4))).toEqual([])
  await store.journal.append({ ...line, reason: 'letters', fixingId: idOf(0xab) })
  expect(await sequencesOf(10, idOf(0xab).toUpperCase())).toEqual([2_104])
  expect(await sequencesOf(3_000, idOf(2).slice(0, 2))).toHaveLength(3 + 1_050 + 1)
  await store.close()
})
