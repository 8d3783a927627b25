import { join } from 'node:path'
import { Level } from 'level'
import { expect, test, vi } from 'vitest'
import type { Store } from '#node/store'
import { openDatabase } from '../../../node/store/database.ts'
import { FIXING_ID } from '../reporters.ts'
import { temporaryFolder } from '../temporary.ts'
import { digestOf, remembered, signed, signedStore, withStore } from './temporary-store.ts'

test('a disk that is full when the store is opened is not taken for a damaged store', async () => {
  const location = join(temporaryFolder(), 'store')
  const cause = Object.assign(new Error('IO error: /x/MANIFEST-1: No space left on device'), { code: 'LEVEL_IO_ERROR' })
  const failed = Object.assign(new Error('Database failed to open'), { code: 'LEVEL_DATABASE_NOT_OPEN', cause })
  const spy = vi.spyOn(Level.prototype, 'open').mockRejectedValue(failed)
  await expect(openDatabase(location)).rejects.toMatchObject({ name: 'Store.StoreDiskError', location })
  spy.mockRestore()
  await (await openDatabase(location)).close()
})

const NO_SPACE = Object.assign(new Error('IO error: No space left on device'), { code: 'LEVEL_IO_ERROR' })

test('a disk that takes no write is not taken for a damaged store', async () => {
  const location = join(temporaryFolder(), 'store')
  const database = await openDatabase(location)
  const spy = vi.spyOn(Level.prototype, 'batch').mockRejectedValue(NO_SPACE)
  const written = database.write([{ table: 'own', key: 'a', value: 1 }], 'durable')
  await expect(written).rejects.toMatchObject({ name: 'Store.StoreDiskError', location })
  spy.mockRestore()
  await database.close()
})

test('writes nothing behind a write that failed until it is opened again', async () => {
  const location = join(temporaryFolder(), 'store')
  const database = await openDatabase(location)
  const put = (key: string): Promise<void> => database.write([{ table: 'own', key, value: 1 }], 'durable')
  await put('before')
  expect(database.failure()).toBe(undefined)
  const spy = vi.spyOn(Level.prototype, 'batch').mockRejectedValueOnce(NO_SPACE)
  // The second is under way when the first fails: it is on disk, but behind half a record.
  const [first, meanwhile] = await Promise.allSettled([put('failed'), put('meanwhile')])
  const failure = database.failure()
  expect(failure).toMatchObject({ name: 'Store.StoreDiskError', location })
  expect([first, meanwhile]).toEqual([
    { status: 'rejected', reason: failure },
    { status: 'rejected', reason: failure },
  ])
  expect(spy).toHaveBeenCalledTimes(2)
  await expect(put('after')).rejects.toBe(failure)
  expect(spy).toHaveBeenCalledTimes(2)
  spy.mockRestore()
  expect(await database.read('own', 'before')).toBe(1)
  await database.close()
  const again = await openDatabase(location)
  await again.write([{ table: 'own', key: 'after', value: 1 }], 'durable')
  expect([again.failure(), await again.read('own', 'after')]).toEqual([undefined, 1])
  await again.close()
})

test.each<[string, (store: Store) => Promise<unknown>]>([
  ['samples', ({ samples }) => samples.put(FIXING_ID, {})],
  ['a line of the journal', ({ journal }) => journal.append({ time: 1n, stage: 's', action: 'a', reason: 'r' })],
])(
  'a disk that does not take %s takes nothing more of the store, and what signs forgets nothing',
  async (_what, put) => {
    const dataDir = await signedStore(1)
    await withStore(dataDir, async (store) => {
      const spy = vi.spyOn(Level.prototype, 'batch').mockRejectedValueOnce(NO_SPACE)
      await expect(put(store)).rejects.toMatchObject({ name: 'Store.StoreDiskError' })
      spy.mockRestore()
      const failure = store.failure()
      expect(failure).toMatchObject({ name: 'Store.StoreDiskError', location: join(dataDir, 'store') })
      await expect(store.guard.record(signed(1))).rejects.toBe(failure)
      await expect(put(store)).rejects.toBe(failure)
    })
    expect(await remembered(dataDir, 2)).toEqual([digestOf(0), undefined])
  },
)
