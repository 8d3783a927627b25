import { expect, test } from 'vitest'
import { FIXING, FIXING_ID } from '../reporters.ts'
import { temporaryFolder } from '../temporary.ts'
import { idOf, withStore } from './temporary-store.ts'

test('a fixing that was closed can be opened again, and the block that was thought to stay is remembered', async () => {
  const dataDir = temporaryFolder()
  const known = { id: FIXING_ID, fixing: FIXING, block: 12n }
  const anchor = { number: 9n, time: 108n, hash: idOf(9) }
  await withStore(dataDir, async ({ fixings }) => {
    expect(await fixings.anchor()).toBe(undefined)
    await fixings.extend([known], 10n, { anchor })
    await fixings.extend([], 20n)
    expect(await fixings.isClosed(FIXING_ID)).toBe(false)
    await fixings.close(FIXING_ID)
    expect([await fixings.open(), await fixings.isClosed(FIXING_ID)]).toEqual([[], true])
    await fixings.reopen([FIXING_ID])
    expect(await fixings.isClosed(FIXING_ID)).toBe(false)
  })
  await withStore(dataDir, async ({ fixings }) => {
    expect([await fixings.open(), await fixings.anchor(), await fixings.nextBlock()]).toEqual([[known], anchor, 20n])
    await fixings.extend([], 21n, { anchor: { number: 10n, time: 120n } })
    expect(await fixings.anchor()).toEqual({ number: 10n, time: 120n })
  })
})

test('what a document that was not held when the log was read is of is looked for until that is done, and the log goes on', async () => {
  const dataDir = temporaryFolder()
  const [a, b] = [idOf(1), idOf(2)]
  await withStore(dataDir, async ({ fixings }) => {
    expect(await fixings.hold([a])).toEqual([])
    // Nothing was read yet: the first reading finds those of any.
    expect(await fixings.hold([a, b])).toEqual([])
    await fixings.extend([], 20n)
  })
  const known = { id: FIXING_ID, fixing: FIXING, block: 12n }
  await withStore(dataDir, async ({ fixings }) => {
    expect(await fixings.hold([a])).toEqual([])
    expect(await fixings.hold([b, a])).toEqual([b])
    expect(await fixings.hold([])).toEqual([])
    expect([await fixings.hold([b]), await fixings.hold([b, a])]).toEqual([[b], [a, b]])
  })
  // Stopped before they were found: they are still sought.
  await withStore(dataDir, async ({ fixings }) => {
    expect([await fixings.hold([a, b]), await fixings.nextBlock()]).toEqual([[a, b], 20n])
    await fixings.recall([{ ...known, log: [] }])
    expect([await fixings.hold([a, b]), await fixings.open(), await fixings.nextBlock()]).toEqual([[], [known], 20n])
  })
})

test('that the chain was undone is remembered with what was read, until all that follows from it is done', async () => {
  const dataDir = temporaryFolder()
  await withStore(dataDir, async ({ fixings }) => {
    expect(await fixings.isUndone()).toBe(false)
    await fixings.extend([], 18n, { isUndone: true })
    await fixings.extend([], 19n)
  })
  await withStore(dataDir, async ({ fixings }) => {
    expect(await fixings.isUndone()).toBe(true)
    await fixings.startedOver()
    expect(await fixings.isUndone()).toBe(false)
  })
})

test('a store that does not say which documents were held has nothing looked for', async () => {
  const dataDir = temporaryFolder()
  await withStore(dataDir, async ({ fixings }) => {
    await fixings.extend([], 20n)
    expect([await fixings.hold([idOf(1)]), await fixings.hold([idOf(1), idOf(2)])]).toEqual([[], [idOf(2)]])
  })
})
