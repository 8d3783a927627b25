import type { Address, Hex } from 'viem'
import { z } from 'zod'
import type { Fixing } from '#protocol/fixing.ts'
import type { Database } from './database.ts'
import { type KnownEvent, type KnownTail, loggedIds, logIn, logRemovals, rowOfNothing, rowsOfTail } from './log-rows.ts'
import {
  type KnownPart,
  type KnownProgress,
  type KnownSearch,
  progressIn,
  progressRemovals,
  rowsOfProgress,
} from './older-rows.ts'
import { ADDRESS, DECIMAL, FIXING_STRUCT, HEX, parseRow } from './row.ts'
import { removalOfClosed, rowOfClosed, rowsOfUnmarked } from './sample-table.ts'
import type { Removal, Row } from './tables.ts'

/** A block, by which it is noticed that the chain was undone. */
export type KnownBlock = { readonly number: bigint; readonly time: bigint; readonly hash?: Hex | undefined }

/** A fixing whose struct this node holds, and the block that announced it, or one before. */
export type KnownFixing = { readonly id: Hex; readonly fixing: Fixing; readonly block: bigint }

/** A fixing, and all that was logged of it before {@link FixingTable.nextBlock}. */
export type RecalledFixing = KnownFixing & { readonly log: readonly KnownEvent[] }

/** What else is remembered of a stretch of the log that was read. */
export type Stretch = {
  /** The newest block that was thought to stay; that of before if it stays. */
  readonly anchor?: KnownBlock | undefined
  /** What is another before the next block than was remembered. */
  readonly logs?: readonly KnownTail[]
  /** Fixings whose logs are not known any more. */
  readonly dropped?: readonly Hex[]
  /** The chain was undone, and all of it read again. */
  readonly isUndone?: boolean
}

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
  /** Nothing is left to be done about the fixing, nor kept of its log, and its samples and reporters are kept for a while: all or nothing. */
  close(id: Hex): Promise<void>
  /** Something may be left after all: the chain was undone, and all of its log is read again. */
  reopen(ids: readonly Hex[]): Promise<void>
  /** Whether all was read again, since the chain was undone, and not everything that follows from it is on disk. */
  isUndone(): Promise<boolean>
  /** All that follows from it is. */
  startedOver(): Promise<void>
  /** Whether it is known that nothing is left to be done about the fixing. */
  isClosed(id: Hex): Promise<boolean>
  /**
   * Remembers of which indices the documents are held, and forgets the logs of other fixings, which nobody reads on, and what an older
   * version has left of those that are closed. Those whose
   * fixings are still to be looked for in the blocks before {@link FixingTable.nextBlock}, as their documents were not held when these
   * were read; none in a store of an older version.
   */
  hold(indexIds: readonly Hex[]): Promise<readonly Hex[]>
  /**
   * How far looking through those blocks for the same got before, undefined for nowhere; how far it got for anything else is forgotten.
   */
  resume(search: KnownSearch): Promise<KnownProgress | undefined>
  /** Stores what was found before `nextBlock` since the last time, and that everything was read up to there: all or nothing. */
  advance(search: KnownSearch, nextBlock: bigint, parts: readonly KnownPart[]): Promise<void>
  /** Stores the fixings found in those blocks, and that nothing is to be looked for there any more: both or neither. */
  recall(found: readonly RecalledFixing[]): Promise<void>
  /**
   * What the oracle logged of the fixing before {@link FixingTable.nextBlock}, in chain order; undefined if that was not kept, as
   * in a store of an older version.
   */
  log(id: Hex): Promise<readonly KnownEvent[] | undefined>
  /** The first block whose logs are still to be read; undefined before the first reading. */
  nextBlock(): Promise<bigint | undefined>
  /** The newest block that was thought to stay when the log was last read; undefined before there was one. */
  anchor(): Promise<KnownBlock | undefined>
  /** Stores the fixings found up to, not including, `nextBlock`, and what else was read: all or nothing. */
  extend(found: readonly KnownFixing[], nextBlock: bigint, stretch?: Stretch): Promise<void>
  /** Undefined if it is not there: the chain has it. */
  panel(id: Hex): Promise<KnownPanel | undefined>
  setPanel(id: Hex, panel: KnownPanel): Promise<void>
}

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
/** The cursor, by a version that kept logs up to there: an older one moves the cursor alone. */
const LOGGED = 'logged-to'
const UNDONE = 'undone'
/** The samples and reporters of all that was closed before are deleted in time; a store of an older version, or one that was restored, lacks it. */
const ENDING = 'reporters-end'
const BLOCK = z.object({ number: DECIMAL, time: DECIMAL, hash: HEX.optional() })

/** The fixings of `database`. */
export function fixingTable(database: Database): FixingTable {
  const indicesIn = async (key: string): Promise<readonly Hex[] | undefined> => {
    const value = await database.read('meta', key)
    return value === undefined ? undefined : parseRow(z.array(HEX), 'meta', { key, value })
  }
  const open = async (): Promise<readonly KnownFixing[]> => {
    const closed = await closedIds(database)
    const rows = (await database.list('fixings')).filter((row) => !closed.has(row.key))
    return rows.map((row) => parseRow(FIXING, 'fixings', row))
  }
  /** Of those that are open: a log that is not read on has a gap when it is. */
  const forgotten = async (indexIds: readonly Hex[]): Promise<Row[]> => {
    const isWhole = (await database.read('meta', LOGGED)) === (await database.read('meta', CURSOR))
    const others = (await open()).filter(({ fixing }) => !isWhole || !indexIds.includes(fixing.indexId))
    return others.map(({ id }) => rowOfNothing(id))
  }
  /** What an older version has left, or was read of a fixing while it was closed. */
  const sweepClosed = async (): Promise<void> => {
    const closed = await closedIds(database)
    for await (const id of loggedIds(database)) {
      if (closed.has(id)) await database.write(await logRemovals(database, id), 'soon')
    }
    if ((await database.read('meta', ENDING)) === true) return
    const ends = await rowsOfUnmarked(database, closed)
    await database.write([...ends, { table: 'meta', key: ENDING, value: true }], 'soon')
  }
  /** Who creates a fixing again takes no block away that it was announced in. */
  const rowsOf = (found: readonly KnownFixing[]): Promise<Row[]> =>
    Promise.all(
      found.map(async ({ id, fixing, block }) => {
        const value = await database.read('fixings', id)
        const known = value === undefined ? undefined : parseRow(FIXING, 'fixings', { key: id, value }).block
        const first = known === undefined || block < known ? block : known
        return { table: 'fixings', key: id, value: { id, fixing, block: first } } as const
      }),
    )
  return {
    open,
    close: async (id) => database.write(await closingOf(database, id), 'soon'),
    reopen: (ids) =>
      database.write(
        ids.flatMap((id) => [{ table: 'closed', key: id, value: false } as const, removalOfClosed(id)]),
        'soon',
      ),
    isUndone: async () => (await database.read('meta', UNDONE)) === true,
    startedOver: () => database.write([{ table: 'meta', key: UNDONE, value: false }], 'soon'),
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
      await database.write([...(await forgotten(indexIds)), ...marks], 'soon')
      await sweepClosed()
      return sought
    },
    async resume(search) {
      const progress = await progressIn(database, search)
      if (progress === undefined) await database.write(await progressRemovals(database), 'soon')
      return progress
    },
    advance: (search, nextBlock, parts) => database.write(rowsOfProgress(search, nextBlock, parts), 'soon'),
    async recall(found) {
      const logs = found.flatMap(({ id, log }) => rowsOfTail({ id, from: 0, events: log }))
      const done = [{ table: 'meta', key: SOUGHT, value: [] }, ...(await progressRemovals(database))] as const
      await database.write([...(await rowsOf(found)), ...logs, ...done], 'soon')
    },
    log: (id) => logIn(database, id),
    async anchor() {
      const value = await database.read('meta', ANCHOR)
      return value === undefined ? undefined : parseRow(BLOCK, 'meta', { key: ANCHOR, value })
    },
    async nextBlock() {
      const value = await database.read('meta', CURSOR)
      return value === undefined ? undefined : parseRow(DECIMAL, 'meta', { key: CURSOR, value })
    },
    async extend(found, nextBlock, { anchor, logs = [], dropped = [], isUndone = false } = {}) {
      const marks = [
        ...(anchor === undefined ? [] : [{ table: 'meta', key: ANCHOR, value: anchor } as const]),
        ...(isUndone ? [{ table: 'meta', key: UNDONE, value: true } as const] : []),
        { table: 'meta', key: CURSOR, value: nextBlock.toString() },
        { table: 'meta', key: LOGGED, value: nextBlock.toString() },
      ] as const
      const tails = [...logs.flatMap(rowsOfTail), ...dropped.map(rowOfNothing)]
      await database.write([...(await rowsOf(found)), ...tails, ...marks], 'soon')
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

/** What says that nothing is left to be done about the fixing, keeps nothing of its log, and its samples and reporters for a while. */
export async function closingOf(database: Database, id: Hex): Promise<readonly (Row | Removal)[]> {
  return [{ table: 'closed', key: id, value: true }, rowOfClosed(id), ...(await logRemovals(database, id))]
}
