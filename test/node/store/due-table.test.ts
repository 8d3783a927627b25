import { Level } from 'level'
import { expect, test, vi } from 'vitest'
import { FIXING, FIXING_ID } from '../reporters.ts'
import { temporaryFolder } from '../temporary.ts'
import { dueOf, withStore } from './temporary-store.ts'

test('a fixing is closed in one write with what is due of it, which is read as it was until it is forgotten', async () => {
  const dataDir = temporaryFolder()
  const due = dueOf(FIXING_ID)
  await withStore(dataDir, async ({ fixings, dues }) => {
    await fixings.extend([{ id: FIXING_ID, fixing: FIXING, block: 12n }], 13n)
    const spy = vi.spyOn(Level.prototype, 'batch')
    await dues.close(due)
    expect(spy).toHaveBeenCalledTimes(1)
    spy.mockRestore()
  })
  await withStore(dataDir, async ({ fixings, dues }) => {
    expect([await fixings.open(), await fixings.isClosed(FIXING_ID), await dues.all()]).toEqual([[], true, [due]])
    await dues.forget([FIXING_ID])
    expect([await fixings.isClosed(FIXING_ID), await dues.all()]).toEqual([true, []])
  })
})
