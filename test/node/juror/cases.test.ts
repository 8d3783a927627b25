import { expect, test } from 'vitest'
import type { CourtPort } from '../../../node/chain/court-port.ts'
import { readCases } from '../../../node/juror/cases.ts'
import { FIXING, FIXING_ID } from '../reporters.ts'
import { withStore } from '../store/temporary-store.ts'
import { temporaryFolder } from '../temporary.ts'

const JURY = '0x00000000000000000000000000000000000000aa'
const OTHER = '0x00000000000000000000000000000000000000bb'

test('finds a case that is opened in a block which replaced one that was read: what may be undone is read again, and no other block', async () => {
  await withStore(temporaryFolder(), async ({ juries: table }) => {
    const asked: (readonly [from: bigint, to: bigint])[] = []
    let openedIn: readonly bigint[] = []
    const court: Pick<CourtPort, 'opened'> = {
      async opened(from, to) {
        asked.push([from, to])
        const blocks = openedIn.filter((block) => block >= from && block <= to)
        return blocks.map((block) => ({ id: FIXING_ID, fixing: FIXING, block, round: 0 }))
      },
    }
    const components = { chain: { court: () => court as CourtPort }, table, firstBlock: 5n, confirmations: 64 }
    const readAt = async (number: bigint): Promise<readonly bigint[]> => {
      return (await readCases(components, JURY, { number, time: number })).map(({ block }) => block)
    }
    // All of it may still be undone.
    expect(await readAt(10n)).toEqual([])
    expect(await readAt(100n)).toEqual([])
    openedIn = [90n]
    expect(await readAt(101n)).toEqual([90n])
    expect(await readAt(60_000n)).toEqual([90n])
    expect(asked).toEqual([
      [5n, 10n],
      [5n, 100n],
      [36n, 101n],
      [37n, 50_036n],
      [50_037n, 60_000n],
    ])
    expect(await table.nextBlock(JURY)).toBe(60_000n - 64n)
    // The cases of another jury are its own.
    openedIn = []
    expect(await readCases(components, OTHER, { number: 6n, time: 6n })).toEqual([])
  })
})
