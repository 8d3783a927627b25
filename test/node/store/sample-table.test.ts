import { join } from 'node:path'
import type { Hex } from 'viem'
import { expect, test } from 'vitest'
import type { Store } from '#node/store'
import { openDatabase } from '../../../node/store/database.ts'
import { FIXING_ID } from '../reporters.ts'
import { temporaryFolder } from '../temporary.ts'
import { ANN, dueOf, idOf, withStore } from './temporary-store.ts'

test('samples are deleted so long after their fixing was closed, through restarts, unless it is open again', async () => {
  const dataDir = temporaryFolder()
  const [closed, due, again, running] = [1, 2, 3, 4].map(idOf) as [Hex, Hex, Hex, Hex] // four
  const kept = ({ samples }: Pick<Store, 'samples'>): Promise<boolean[]> =>
    Promise.all([closed, due, again, running].map(async (id) => (await samples.get(id)) !== undefined))
  await withStore(dataDir, async ({ fixings, dues, samples }) => {
    await fixings.hold([])
    for (const id of [closed, due, again, running]) await samples.put(id, { opens: [1n] })
    await fixings.close(closed)
    await fixings.close(again)
    await samples.prune(1_000n, 100n)
    await dues.close(dueOf(due))
    await samples.prune(1_050n, 100n)
    await fixings.reopen([again])
  })
  await withStore(dataDir, async (store) => {
    await store.fixings.hold([])
    await store.samples.prune(1_099n, 100n)
    expect(await kept(store)).toEqual([true, true, true, true])
  })
  await withStore(dataDir, async (store) => {
    await store.fixings.hold([])
    await store.samples.prune(1_100n, 100n)
    expect(await kept(store)).toEqual([false, true, true, true])
    await store.samples.prune(1_149n, 100n)
    expect(await kept(store)).toEqual([false, true, true, true])
    await store.samples.prune(1_150n, 100n)
    expect(await kept(store)).toEqual([false, false, true, true])
  })
})

const PANEL = {
  epoch: 3n,
  reporters: [{ index: 2, owner: ANN, signer: ANN, peerId: '0x0024', key: '0x0b' }],
} as const

/** Of which of them it is known who reported. */
async function withPanel({ fixings }: Store, ids: readonly Hex[]): Promise<readonly Hex[]> {
  const panels = await Promise.all(ids.map((id) => fixings.panel(id)))
  return ids.filter((_, i) => panels[i] !== undefined)
}

test('who reported is known of a fixing that is open again, and forgotten with the samples of one that is not', async () => {
  const [closed, due, again, running] = [idOf(1), idOf(2), idOf(3), idOf(4)]
  const all = [closed, due, again, running]
  await withStore(temporaryFolder(), async (store) => {
    for (const id of all) await store.fixings.setPanel(id, PANEL)
    await store.fixings.close(closed)
    await store.fixings.close(again)
    await store.dues.close(dueOf(due))
    await store.samples.prune(1_000n, 100n)
    await store.fixings.reopen([again])
    await store.samples.prune(1_099n, 100n)
    expect(await withPanel(store, all)).toEqual(all)
    expect(await store.fixings.panel(again)).toEqual(PANEL)
    await store.samples.prune(1_100n, 100n)
    expect(await withPanel(store, all)).toEqual([again, running])
  })
})

test('who reported is forgotten of what was closed by a version that kept it for ever, and its samples are kept no longer', async () => {
  const dataDir = temporaryFolder()
  const [over, waiting, running] = [idOf(1), idOf(2), idOf(3)]
  const all = [over, waiting, running]
  await withStore(dataDir, async ({ fixings, samples }) => {
    for (const id of all) await fixings.setPanel(id, PANEL)
    await samples.put(waiting, { opens: [1n] })
  })
  const database = await openDatabase(join(dataDir, 'store'))
  // The samples of the one are deleted, those of the other are to be.
  const closed = [over, waiting].map((key) => ({ table: 'closed', key, value: true }) as const)
  const waits = { table: 'samples', key: `closed:${waiting}`, value: { time: 950n } } as const
  await database.write([...closed, waits, { table: 'meta', key: 'samples-end', value: true }], 'soon')
  await database.close()
  await withStore(dataDir, async (store) => {
    await store.fixings.hold([])
    await store.samples.prune(1_000n, 100n)
    expect([await withPanel(store, all), await store.samples.get(waiting)]).toEqual([all, { opens: ['1'] }])
    await store.samples.prune(1_050n, 100n)
    expect([await withPanel(store, all), await store.samples.get(waiting)]).toEqual([[over, running], undefined])
    await store.samples.prune(1_100n, 100n)
    expect(await withPanel(store, all)).toEqual([running])
  })
})

test('samples of what an older version closed are deleted as long after a newer one has begun', async () => {
  const dataDir = temporaryFolder()
  await withStore(dataDir, async ({ samples }) => samples.put(FIXING_ID, { opens: [1n] }))
  const database = await openDatabase(join(dataDir, 'store'))
  await database.write([{ table: 'closed', key: FIXING_ID, value: true }], 'soon')
  await database.close()
  const prune = (now: bigint): Promise<unknown> =>
    withStore(dataDir, async ({ fixings, samples }) => {
      await fixings.hold([])
      await samples.prune(now, 100n)
      return samples.get(FIXING_ID)
    })
  expect(await prune(1_000n)).toEqual({ opens: ['1'] })
  expect(await prune(1_099n)).toEqual({ opens: ['1'] })
  expect(await prune(1_100n)).toBe(undefined)
})
