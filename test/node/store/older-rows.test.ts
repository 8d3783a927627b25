import { expect, test } from 'vitest'
import { FIXING, FIXING_ID } from '../reporters.ts'
import { temporaryFolder } from '../temporary.ts'
import { idOf, LOG, withStore } from './temporary-store.ts'

test('how far older blocks were looked through is remembered with what was found there, for the same search', async () => {
  const dataDir = temporaryFolder()
  const known = { id: FIXING_ID, fixing: FIXING, block: 12n }
  const search = { indices: [FIXING.indexId], fixings: [idOf(1)], firstBlock: 3n }
  await withStore(dataDir, async ({ fixings }) => {
    expect(await fixings.resume(search)).toBe(undefined)
    await fixings.advance(search, 14n, [{ ...known, from: 0, events: LOG.slice(0, 2) }])
    await fixings.advance(search, 20n, [{ ...known, from: 2, events: LOG.slice(2) }])
    await fixings.advance(search, 30n, [])
  })
  await withStore(dataDir, async ({ fixings }) => {
    expect(await fixings.resume(search)).toEqual({ nextBlock: 30n, found: [{ ...known, log: LOG }] })
    expect([await fixings.open(), await fixings.log(FIXING_ID)]).toEqual([[], undefined])
    expect(await fixings.resume({ ...search, firstBlock: 2n })).toBe(undefined)
    expect(await fixings.resume(search)).toBe(undefined)
    await fixings.advance(search, 31n, [{ ...known, from: 0, events: LOG }])
    await fixings.recall([{ ...known, log: LOG }])
    expect([await fixings.resume(search), await fixings.log(FIXING_ID)]).toEqual([undefined, LOG])
  })
})
