import { join } from 'node:path'
import type { Hex } from 'viem'
import { Level } from 'level'
import { expect, test, vi } from 'vitest'
import { openDatabase } from '../../../node/store/database.ts'
import { FIXING, FIXING_ID } from '../reporters.ts'
import { temporaryFolder } from '../temporary.ts'
import { dueOf, idOf, LOG, withStore } from './temporary-store.ts'

test('what was logged of a fixing is kept with the block that is next, and replaced from any place on', async () => {
  const dataDir = temporaryFolder()
  const known = { id: FIXING_ID, fixing: FIXING, block: 12n }
  await withStore(dataDir, async ({ fixings }) => {
    expect(await fixings.log(FIXING_ID)).toBe(undefined)
    await fixings.extend([known], 18n, { logs: [{ id: FIXING_ID, from: 0, events: LOG }] })
    await fixings.extend([], 19n, { logs: [{ id: idOf(1), from: 0, events: [] }] })
  })
  await withStore(dataDir, async ({ fixings }) => {
    await fixings.hold([FIXING.indexId])
    expect([await fixings.log(FIXING_ID), await fixings.log(idOf(1))]).toEqual([LOG, []])
    await fixings.extend([], 20n, { logs: [{ id: FIXING_ID, from: 2, events: LOG.slice(5, 6) }] })
    expect(await fixings.log(FIXING_ID)).toEqual([...LOG.slice(0, 2), ...LOG.slice(5, 6)])
    await fixings.extend([], 21n, { logs: [{ id: FIXING_ID, from: 1, events: [] }] })
    expect(await fixings.log(FIXING_ID)).toEqual(LOG.slice(0, 1))
    await fixings.extend([], 22n, { dropped: [FIXING_ID] })
    expect([await fixings.log(FIXING_ID), await fixings.log(idOf(1))]).toEqual([undefined, []])
  })
})

test('a log that nobody reads on is not kept: without the document, and by a version that keeps none', async () => {
  const dataDir = temporaryFolder()
  const known = { id: FIXING_ID, fixing: FIXING, block: 12n }
  const [logs, held] = [[{ id: FIXING_ID, from: 0, events: LOG }], [FIXING.indexId]]
  await withStore(dataDir, async ({ fixings }) => {
    await fixings.extend([known], 18n, { logs })
    await fixings.hold([])
    await fixings.hold(held)
    expect(await fixings.log(FIXING_ID)).toBe(undefined)
    await fixings.extend([], 19n, { logs })
  })
  const database = await openDatabase(join(dataDir, 'store'))
  await database.write([{ table: 'meta', key: 'next-block', value: '25' }], 'soon')
  await database.close()
  await withStore(dataDir, async ({ fixings }) => {
    await fixings.hold(held)
    // From here on it is said again that everything is kept.
    await fixings.extend([], 26n)
    await fixings.hold(held)
    expect(await fixings.log(FIXING_ID)).toBe(undefined)
  })
})

test('a fixing that is found again in older blocks has their log, and its block is the first that announced it', async () => {
  const dataDir = temporaryFolder()
  const known = { id: FIXING_ID, fixing: FIXING, block: 12n }
  await withStore(dataDir, async ({ fixings }) => {
    await fixings.extend([known], 30n, { logs: [{ id: FIXING_ID, from: 0, events: LOG }] })
    await fixings.recall([{ ...known, block: 20n, log: LOG.slice(0, 2) }])
    expect([await fixings.open(), await fixings.log(FIXING_ID)]).toEqual([[known], LOG.slice(0, 2)])
    await fixings.extend([{ ...known, block: 21n }], 31n)
    expect(await fixings.open()).toEqual([known])
    await fixings.recall([{ ...known, block: 11n, log: [] }])
    expect(await fixings.open()).toEqual([{ ...known, block: 11n }])
  })
})

test('of the log of a fixing that is closed nothing is kept, and of others everything', async () => {
  const dataDir = temporaryFolder()
  const [closed, due, other] = [1, 2, 3].map(idOf) as [Hex, Hex, Hex] // three
  const logs = [closed, due, other].map((id) => ({ id, from: 0, events: LOG }))
  const known = { id: other, fixing: FIXING, block: 12n }
  await withStore(dataDir, async ({ fixings, dues }) => {
    await fixings.extend([known], 18n, { logs })
    const spy = vi.spyOn(Level.prototype, 'batch')
    await fixings.close(closed)
    await dues.close(dueOf(due))
    expect(spy).toHaveBeenCalledTimes(2)
    spy.mockRestore()
  })
  expect(await logKeys(dataDir)).toEqual(keysOfLog(other))
  // Read while it was closed, or before what is closed was deleted.
  await withStore(dataDir, async ({ fixings }) => {
    await fixings.extend([], 19n, { logs })
    await fixings.hold([FIXING.indexId])
    expect(await fixings.log(other)).toEqual(LOG)
  })
  expect(await logKeys(dataDir)).toEqual(keysOfLog(other))
})

test('a start reads nothing of the thousands that are closed, and deletes what is left of a log though nothing counts it', async () => {
  const dataDir = temporaryFolder()
  const logs = [1, 2, 3].map((n) => ({ id: idOf(n), from: 0, events: LOG }))
  const readsOf = async (): Promise<number> => {
    const spies = (['get', 'iterator'] as const).map((name) => vi.spyOn(Level.prototype, name))
    await withStore(dataDir, async ({ fixings }) => void (await fixings.hold([FIXING.indexId])))
    const reads = spies.reduce((sum, { mock }) => sum + mock.calls.length, 0)
    vi.restoreAllMocks()
    return reads
  }
  await withStore(dataDir, async ({ fixings }) => {
    await fixings.extend([], 18n, { logs })
    await fixings.close(idOf(4))
  })
  // The first start looks for what older versions have closed.
  await readsOf()
  const before = await readsOf()
  const database = await openDatabase(join(dataDir, 'store'))
  const closed = Array.from({ length: 50 }, (_, i) => ({ table: 'closed', key: idOf(i + 4), value: true }) as const)
  await database.write(closed, 'soon')
  await database.close()
  expect(await readsOf()).toBe(before)
  // Written while it was being deleted.
  await withStore(dataDir, async ({ fixings }) => fixings.close(idOf(2)))
  const again = await openDatabase(join(dataDir, 'store'))
  await again.write([{ table: 'log', key: `${idOf(2)}:000000007`, value: LOG[0] }], 'soon')
  await again.close()
  await readsOf()
  expect(await logKeys(dataDir)).toEqual([1, 3].flatMap((n) => keysOfLog(idOf(n))))
})

/** The keys of the rows that the log of a fixing takes: it begins with the row that says how many there are. */
const keysOfLog = (id: Hex): readonly string[] => [id, ...LOG.map((_, i) => `${id}:${i.toString().padStart(9, '0')}`)]

async function logKeys(dataDir: string): Promise<readonly string[]> {
  const database = await openDatabase(join(dataDir, 'store'))
  const rows = await database.list('log')
  await database.close()
  return rows.map(({ key }) => key)
}
