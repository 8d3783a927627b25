import { expect, test } from 'vitest'
import type { Intent } from '../../../node/store/intent-table.ts'
import { temporaryFolder } from '../temporary.ts'
import { idOf, withStore } from './temporary-store.ts'

test('intents that were let go of are read from the disk again, in their order, and only those of the fixing', async () => {
  const nothing = { action: 'claim', kind: 'stake', round: 0, value: 1n, amount: 0n, at: 5n, state: 'done' } as const
  const intentOf = (i: number, n: number): Intent => ({ ...nothing, key: `${idOf(i)}:00000${n}`, fixingId: idOf(i) })
  await withStore(temporaryFolder(), async ({ intents }) => {
    const [one, two, other] = [intentOf(1, 0), intentOf(1, 1), intentOf(2, 0)]
    for (const intent of [one, two, other]) await intents.put(intent)
    intents.unload((id) => id === idOf(2))
    expect([intents.of(idOf(1)), intents.of(idOf(2)), intents.isLoaded(idOf(1))]).toEqual([[], [other], false])
    await Promise.all([intents.load(idOf(1)), intents.load(idOf(1)), intents.load(idOf(3))])
    expect([intents.of(idOf(1)), intents.of(idOf(3)), intents.isLoaded(idOf(3))]).toEqual([[one, two], [], true])
    intents.unload(() => false)
    await intents.load(idOf(1))
    expect([intents.isLoaded(idOf(1)), intents.isLoaded(idOf(2))]).toEqual([true, false])
  })
})

test('a start has the intents of fixings at hand that are not closed, or have one that is not final: all of these, in order', async () => {
  const dataDir = temporaryFolder()
  const nothing = { action: 'claim', kind: 'stake', round: 0, value: 1n, amount: 0n, at: 5n } as const
  const intentOf = (i: number, n: number, state: Intent['state'] = 'done'): Intent => {
    return { ...nothing, key: `${idOf(i)}:${n.toString().padStart(6, '0')}`, fixingId: idOf(i), state, nonce: n }
  }
  // More than are read at once, from the end: of fixing 1 the last 100 first, and then the others.
  const sizes = [3, 700, 600, 300]
  await withStore(dataDir, async ({ intents, fixings }) => {
    const rows = sizes.flatMap((size, i) => Array.from({ length: size }, (_, n) => intentOf(i, n)))
    for (const row of rows) await intents.put(row)
    await intents.put(intentOf(1, 0, 'signed'))
    for (const i of [0, 1, 3]) await fixings.close(idOf(i))
  })
  await withStore(dataDir, async ({ intents }) => {
    expect(sizes.map((_, i) => intents.isLoaded(idOf(i)))).toEqual([false, true, true, false])
    for (const i of [1, 2]) {
      expect(intents.of(idOf(i)).map(({ nonce }) => nonce)).toEqual(Array.from({ length: sizes[i] ?? 0 }, (_, n) => n))
    }
    expect(intents.unfinished().map(({ key }) => key)).toEqual([intentOf(1, 0).key])
  })
})
