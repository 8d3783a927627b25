import type { Hex } from 'viem'
import { z } from 'zod'
import type { Database } from './database.ts'
import { DECIMAL, parseRow } from './row.ts'
import type { Removal, Row } from './tables.ts'

/** What the sources gave for a fixing, kept so that anyone can ask why two observations differ. */
export interface SampleTable {
  /** JSON, every bigint as a decimal string; replaces the record of an earlier attempt. */
  put(fixingId: Hex, record: unknown): Promise<void>
  get(fixingId: Hex): Promise<unknown>
  /** How often records were replaced or deleted since the store was opened, for who remembers what it has read of them. */
  readonly changes: number
  /**
   * Deletes samples and reporters of fixings that an earlier call, `seconds` or longer before `now`, has found closed. Unix seconds. Who
   * reported is kept until then for a fixing that is open again, as the chain was undone: the registry forgets who has withdrawn.
   */
  prune(now: bigint, seconds: bigint): Promise<void>
}

/** Beside the samples, by the fixing: when it was first seen here that it is closed. */
const CLOSED = 'closed:'
const MARK = z.object({ time: DECIMAL.optional() })

/** The samples of `database`. */
export function sampleTable(database: Database): SampleTable {
  let changes = 0
  // INVARIANT: counted when it has happened: what is read until then may be what was there before.
  const change = (rows: readonly (Row | Removal)[]): Promise<void> =>
    database.write(rows, 'soon').finally(() => {
      changes += 1
    })
  return {
    put: (fixingId, record) => change([{ table: 'samples', key: fixingId, value: plain(record) }]),
    get: (fixingId) => database.read('samples', fixingId),
    get changes() {
      return changes
    },
    async prune(now, seconds) {
      const rows = await database.list('samples', { prefix: CLOSED })
      const due = rows.flatMap((row): (Row | Removal)[] => {
        const { time } = parseRow(MARK, 'samples', row)
        const id = row.key.slice(CLOSED.length)
        if (time === undefined) return [{ table: 'samples', key: row.key, value: { time: now } }]
        if (now < time + seconds) return []
        const ended = [row.key, id].map((key) => ({ type: 'del', table: 'samples', key }) as const)
        return [...ended, { type: 'del', table: 'reporters', key: id }]
      })
      if (due.length > 0) await change(due)
    },
  }
}

/** The row by which the samples and reporters of a fixing that is closed are deleted in time. */
export function rowOfClosed(fixingId: string): Row {
  return { table: 'samples', key: CLOSED + fixingId, value: {} }
}

/** The same of those fixings that have none: of the others the time runs already. */
export async function rowsOfUnmarked(database: Database, closed: Iterable<string>): Promise<readonly Row[]> {
  const marked = new Set((await database.list('samples', { prefix: CLOSED })).map(({ key }) => key))
  return [...closed].map(rowOfClosed).filter(({ key }) => !marked.has(key))
}

/** What keeps samples and reporters of a fixing that is open again. */
export function removalOfClosed(fixingId: string): Removal {
  return { type: 'del', table: 'samples', key: CLOSED + fixingId }
}

function plain(record: unknown): unknown {
  return JSON.parse(
    JSON.stringify(record, (_, value: unknown) => (typeof value === 'bigint' ? value.toString() : value)),
  )
}
