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
  /** The newest `limit` entries, oldest first: all, or those about fixings whose id begins with `fixing`, in capitals or not. */
  newest(limit: number, fixing?: string): Promise<readonly JournalEntry[]>
}

const ENTRY = z.object({
  sequence: z.number(),
  time: DECIMAL,
  stage: z.string(),
  fixingId: HEX.optional(),
  action: z.string(),
  reason: z.string(),
})

/** Rows that are read at once: a journal of years is looked through piece by piece. */
const PAGE = 1_000

/** The journal of `database`. */
export async function openJournalTable(database: Database): Promise<JournalTable> {
  const newest = async (limit: number, fixing?: string): Promise<readonly JournalEntry[]> => {
    const found: JournalEntry[] = []
    const wanted = fixing?.toLowerCase()
    const isAbout = ({ fixingId }: JournalEntry): boolean =>
      wanted === undefined || fixingId?.startsWith(wanted) === true
    const size = fixing === undefined ? limit : PAGE
    for (let before: string | undefined; ;) {
      const rows = await database.list('journal', { before, limit: size, order: 'newest' })
      found.push(...rows.map((row) => parseRow(ENTRY, 'journal', row)).filter(isAbout))
      before = rows.at(-1)?.key
      if (rows.length < size || found.length >= limit) return found.slice(0, limit).toReversed()
    }
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
