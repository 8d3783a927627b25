import type { Address, Hex } from 'viem'
import { z } from 'zod'
import type { Fixing } from '#protocol/fixing.ts'
import type { Database } from './database.ts'
import { ADDRESS, DECIMAL, HEX, parseRow } from './row.ts'
import type { Row } from './tables.ts'

/** A block, by which it is noticed that the chain was undone. */
export type KnownBlock = { readonly number: bigint; readonly time: bigint; readonly hash?: Hex | undefined }

/** A fixing whose struct this node holds, and the block that announced it. */
export type KnownFixing = { readonly id: Hex; readonly fixing: Fixing; readonly block: bigint }

/** Who reports for a fixing, as the registry says once its maturity is past. */
export type KnownPanel = {
  readonly epoch: bigint
  readonly reporters: readonly {
    readonly index: number
    readonly owner: Address
    readonly signer: Address
    readonly peerId: Hex
    readonly key: Hex
  }[]
}

/** The fixings this node protects, their reporters, and how far the chain's log was read. */
export interface FixingTable {
  /** Those that are not closed. */
  open(): Promise<readonly KnownFixing[]>
  /** Nothing is left to be done about the fixing. */
  close(id: Hex): Promise<void>
  /** Something may be left after all: the chain was undone. */
  reopen(ids: readonly Hex[]): Promise<void>
  /** Whether it is known that nothing is left to be done about the fixing. */
  isClosed(id: Hex): Promise<boolean>
  /**
   * Remembers of which indices the documents are held. Those whose fixings are still to be looked for in the blocks before
   * {@link FixingTable.nextBlock}, as their documents were not held when these were read; none in a store of an older version.
   */
  hold(indexIds: readonly Hex[]): Promise<readonly Hex[]>
  /** Stores the fixings found in those blocks, and that nothing is to be looked for there any more: both or neither. */
  recall(found: readonly KnownFixing[]): Promise<void>
  /** The first block whose logs are still to be read; undefined before the first reading. */
  nextBlock(): Promise<bigint | undefined>
  /** The newest block that was thought to stay when the log was last read; undefined before there was one. */
  anchor(): Promise<KnownBlock | undefined>
  /** Stores the fixings found up to, not including, `nextBlock`, and `anchor` unless it stays: all or nothing. */
  extend(found: readonly KnownFixing[], nextBlock: bigint, anchor?: KnownBlock): Promise<void>
  /** Undefined if it is not there: the chain has it. */
  panel(id: Hex): Promise<KnownPanel | undefined>
  setPanel(id: Hex, panel: KnownPanel): Promise<void>
}

/** A fixing's struct in a row. */
export const FIXING_STRUCT = z.object({
  indexId: HEX,
  maturity: DECIMAL,
  arbitrator: ADDRESS,
  backup: ADDRESS,
  openInterest: ADDRESS,
  minBond: DECIMAL,
  arbitrationFee: DECIMAL,
  bondPpm: z.number(),
  firstWindow: z.number(),
  window: z.number(),
  separationPpm: z.number(),
  bandPpm: z.number(),
  proposalGrace: z.number(),
  arbitrationLimit: z.number(),
})
const FIXING = z.object({ id: HEX, block: DECIMAL, fixing: FIXING_STRUCT })
const PANEL = z.object({
  epoch: DECIMAL,
  reporters: z.array(z.object({ index: z.number(), owner: ADDRESS, signer: ADDRESS, peerId: HEX, key: HEX })),
})
const CURSOR = 'next-block'
const ANCHOR = 'anchor'
/** Which documents were held at the last start; a store of an older version lacks it. */
const HELD = 'held-indices'
/** Those of them whose fixings are to be looked for in the blocks before the cursor. */
const SOUGHT = 'sought-indices'
const BLOCK = z.object({ number: DECIMAL, time: DECIMAL, hash: HEX.optional() })

/** The fixings of `database`. */
export function fixingTable(database: Database): FixingTable {
  const indicesIn = async (key: string): Promise<readonly Hex[] | undefined> => {
    const value = await database.read('meta', key)
    return value === undefined ? undefined : parseRow(z.array(HEX), 'meta', { key, value })
  }
  return {
    async open() {
      const closed = await closedIds(database)
      const rows = (await database.list('fixings')).filter((row) => !closed.has(row.key))
      return rows.map((row) => parseRow(FIXING, 'fixings', row))
    },
    close: (id) => database.write([closedRow(id)], 'soon'),
    reopen: (ids) =>
      database.write(
        ids.map((id) => ({ table: 'closed', key: id, value: false })),
        'soon',
      ),
    isClosed: async (id) => (await database.read('closed', id)) === true,
    async hold(indexIds) {
      const [held, before] = [await indicesIn(HELD), (await indicesIn(SOUGHT)) ?? []]
      const isNew = (id: Hex): boolean => held !== undefined && !held.includes(id)
      const isRead = (await database.read('meta', CURSOR)) !== undefined
      const sought = isRead ? indexIds.filter((id) => isNew(id) || before.includes(id)).toSorted() : []
      const marks = [
        { table: 'meta', key: HELD, value: indexIds.toSorted() },
        { table: 'meta', key: SOUGHT, value: sought },
      ] as const
      await database.write(marks, 'soon')
      return sought
    },
    recall: (found) => database.write([...rowsOf(found), { table: 'meta', key: SOUGHT, value: [] }], 'soon'),
    async anchor() {
      const value = await database.read('meta', ANCHOR)
      return value === undefined ? undefined : parseRow(BLOCK, 'meta', { key: ANCHOR, value })
    },
    async nextBlock() {
      const value = await database.read('meta', CURSOR)
      return value === undefined ? undefined : parseRow(DECIMAL, 'meta', { key: CURSOR, value })
    },
    async extend(found, nextBlock, anchor) {
      const marks = anchor === undefined ? [] : [{ table: 'meta', key: ANCHOR, value: anchor } as const]
      await database.write(
        [...rowsOf(found), ...marks, { table: 'meta', key: CURSOR, value: nextBlock.toString() }],
        'soon',
      )
    },
    async panel(id) {
      const value = await database.read('reporters', id)
      return value === undefined ? undefined : parseRow(PANEL, 'reporters', { key: id, value })
    },
    setPanel: (id, panel) => database.write([{ table: 'reporters', key: id, value: panel }], 'soon'),
  }
}

/** The fixings about which nothing is left to be done. */
export async function closedIds(database: Database): Promise<ReadonlySet<string>> {
  return new Set((await database.list('closed')).flatMap((row) => (row.value === true ? [row.key] : [])))
}

/** Says that nothing is left to be done about the fixing. */
export function closedRow(id: Hex): Row {
  return { table: 'closed', key: id, value: true }
}

function rowsOf(found: readonly KnownFixing[]): Row[] {
  return found.map((known) => ({ table: 'fixings', key: known.id, value: known }))
}
