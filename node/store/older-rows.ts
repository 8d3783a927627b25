import { isDeepStrictEqual } from 'node:util'
import type { Hex } from 'viem'
import { z } from 'zod'
import type { Fixing } from '#protocol/fixing.ts'
import type { Database } from './database.ts'
import { eventRows, eventsIn, type KnownEvent } from './log-rows.ts'
import { DECIMAL, FIXING_STRUCT, HEX, parseRow } from './row.ts'
import type { Removal, Row } from './tables.ts'

/** What is looked for in older blocks, and from which on. */
export type KnownSearch = {
  readonly indices: readonly Hex[]
  readonly fixings: readonly Hex[]
  readonly firstBlock: bigint
}

/** What was found of one fixing in some of these blocks; `from` is the place of the first of the events in its log. */
export type KnownPart = {
  readonly id: Hex
  readonly fixing: Fixing
  readonly block: bigint
  readonly from: number
  readonly events: readonly KnownEvent[]
}

/** How far a search got: before the block `nextBlock` there is nothing else. */
export type KnownProgress = {
  readonly nextBlock: bigint
  readonly found: readonly (Omit<KnownPart, 'from' | 'events'> & { readonly log: readonly KnownEvent[] })[]
}

const SEARCH = z.object({ indices: z.array(HEX), fixings: z.array(HEX), firstBlock: DECIMAL, nextBlock: DECIMAL })
const FOUND = z.object({ id: HEX, fixing: FIXING_STRUCT, block: DECIMAL })
/** Beside what was found, by its id. */
const CURSOR = 'search'

/** The rows by which what was found in the blocks before `nextBlock`, `parts` in the last of them, is known after a restart. */
export function rowsOfProgress(search: KnownSearch, nextBlock: bigint, parts: readonly KnownPart[]): Row[] {
  const rows = parts.flatMap(({ from, events, ...found }): Row[] => [
    { table: 'older', key: found.id, value: found },
    ...eventRows('older', { id: found.id, from, events }),
  ])
  return [...rows, { table: 'older', key: CURSOR, value: { ...search, nextBlock } }]
}

/** How far just this search got; undefined for nowhere. Throws StoreRowError. */
export async function progressIn(database: Database, search: KnownSearch): Promise<KnownProgress | undefined> {
  const value = await database.read('older', CURSOR)
  if (value === undefined) return undefined
  const { nextBlock, ...known } = parseRow(SEARCH, 'older', { key: CURSOR, value })
  if (!isDeepStrictEqual(known, search)) return undefined
  const rows = (await database.list('older')).filter(({ key }) => key !== CURSOR && !key.includes(':'))
  const found = rows.map((row) => parseRow(FOUND, 'older', row))
  const logs = found.map(async (one) => ({ ...one, log: await eventsIn(database, 'older', one.id) }))
  return { nextBlock, found: await Promise.all(logs) }
}

/** What deletes all that is known of any search. */
export async function progressRemovals(database: Database): Promise<readonly Removal[]> {
  return (await database.list('older')).map(({ key }) => ({ type: 'del', table: 'older', key }))
}
