import type { Hex } from 'viem'
import { z } from 'zod'
import type { Database } from './database.ts'
import { DECIMAL, HEX, parseRow } from './row.ts'

/** One line of the journal: something done, or decided not to be done. */
export type JournalEntry = {
  /** 1, 2, 3 … in the order of writing. */
  readonly sequence: number
  /** Chain time, Unix seconds. */
  readonly time: bigint
  readonly stage: string
  readonly fixingId?: Hex | undefined
  readonly action: string
  readonly reason: string
}

/** The journal on disk; rows are only ever added. */
export interface JournalTable {
  append(entry: Omit<JournalEntry, 'sequence'>): Promise<JournalEntry>
  /** The newest `limit` entries, oldest first. */
  newest(limit: number): Promise<readonly JournalEntry[]>
}

const ENTRY = z.object({
  sequence: z.number(),
  time: DECIMAL,
  stage: z.string(),
  fixingId: HEX.optional(),
  action: z.string(),
  reason: z.string(),
})

/** The journal of `database`. */
export async function openJournalTable(database: Database): Promise<JournalTable> {
  const newest = async (limit: number): Promise<readonly JournalEntry[]> => {
    const rows = await database.list('journal', { limit, order: 'newest' })
    return rows.map((row) => parseRow(ENTRY, 'journal', row)).toReversed()
  }
  let sequence = (await newest(1)).at(-1)?.sequence ?? 0
  return {
    async append(entry) {
      sequence += 1
      const written = { sequence, ...entry }
      const key = sequence.toString().padStart(12, '0')
      await database.write([{ table: 'journal', key, value: written }], 'soon')
      return written
    },
    newest,
  }
}
