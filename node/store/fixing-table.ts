import type { Address, Hex } from 'viem'
import { z } from 'zod'
import type { Fixing } from '#protocol/fixing.ts'
import type { Database } from './database.ts'
import { ADDRESS, DECIMAL, HEX, parseRow } from './row.ts'

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
   * Remembers of which indices the documents are held. With one that was not held when the log was last read, the log is to be read
   * again from its beginning, as what it says of that index was passed over: then true.
   */
  hold(indexIds: readonly Hex[]): Promise<boolean>
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
/** The cursor while all is to be read again: rows are not deleted. */
const BEGINNING = ''
const ANCHOR = 'anchor'
/** Which documents were held when the log was read; a store of an older version lacks it. */
const HELD = 'held-indices'
const BLOCK = z.object({ number: DECIMAL, time: DECIMAL, hash: HEX.optional() })

/** The fixings of `database`. */
export function fixingTable(database: Database): FixingTable {
  return {
    async open() {
      const closed = new Set((await database.list('closed')).flatMap((row) => (row.value === true ? [row.key] : [])))
      const rows = (await database.list('fixings')).filter((row) => !closed.has(row.key))
      return rows.map((row) => parseRow(FIXING, 'fixings', row))
    },
    close: (id) => database.write([{ table: 'closed', key: id, value: true }], 'soon'),
    reopen: (ids) =>
      database.write(
        ids.map((id) => ({ table: 'closed', key: id, value: false })),
        'soon',
      ),
    isClosed: async (id) => (await database.read('closed', id)) === true,
    async hold(indexIds) {
      const value = await database.read('meta', HELD)
      const before = value === undefined ? [] : parseRow(z.array(HEX), 'meta', { key: HELD, value })
      const cursor = await database.read('meta', CURSOR)
      const isRead = cursor !== undefined && cursor !== BEGINNING
      const isAgain = isRead && indexIds.some((id) => !before.includes(id))
      const marks = isAgain ? [{ table: 'meta', key: CURSOR, value: BEGINNING } as const] : []
      await database.write([{ table: 'meta', key: HELD, value: indexIds.toSorted() }, ...marks], 'soon')
      return isAgain
    },
    async anchor() {
      const value = await database.read('meta', ANCHOR)
      return value === undefined ? undefined : parseRow(BLOCK, 'meta', { key: ANCHOR, value })
    },
    async nextBlock() {
      const value = await database.read('meta', CURSOR)
      return value === undefined || value === BEGINNING ? undefined : parseRow(DECIMAL, 'meta', { key: CURSOR, value })
    },
    async extend(found, nextBlock, anchor) {
      const rows = found.map((known) => ({ table: 'fixings', key: known.id, value: known }) as const)
      const marks = anchor === undefined ? [] : [{ table: 'meta', key: ANCHOR, value: anchor } as const]
      await database.write([...rows, ...marks, { table: 'meta', key: CURSOR, value: nextBlock.toString() }], 'soon')
    },
    async panel(id) {
      const value = await database.read('reporters', id)
      return value === undefined ? undefined : parseRow(PANEL, 'reporters', { key: id, value })
    },
    setPanel: (id, panel) => database.write([{ table: 'reporters', key: id, value: panel }], 'soon'),
  }
}
