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
  /** Deletes what is kept of fixings that an earlier call, `seconds` or longer before `now`, has found closed. Unix seconds. */
  prune(now: bigint, seconds: bigint): Promise<void>
}

/** Beside the samples, by the fixing: when it was first seen here that it is closed. */
const CLOSED = 'closed:'
const MARK = z.object({ time: DECIMAL.optional() })

/** The samples of `database`. */
export function sampleTable(database: Database): SampleTable {
  return {
    put: (fixingId, record) => database.write([{ table: 'samples', key: fixingId, value: plain(record) }], 'soon'),
    get: (fixingId) => database.read('samples', fixingId),
    async prune(now, seconds) {
      const rows = await database.list('samples', { prefix: CLOSED })
      const changes = rows.flatMap((row): (Row | Removal)[] => {
        const { time } = parseRow(MARK, 'samples', row)
        const id = row.key.slice(CLOSED.length)
        if (time === undefined) return [{ table: 'samples', key: row.key, value: { time: now } }]
        return now < time + seconds ? [] : [row.key, id].map((key) => ({ type: 'del', table: 'samples', key }))
      })
      if (changes.length > 0) await database.write(changes, 'soon')
    },
  }
}

/** The row by which the samples of a fixing that is closed are deleted in time. */
export function rowOfClosed(fixingId: string): Row {
  return { table: 'samples', key: CLOSED + fixingId, value: {} }
}

/** What keeps the samples of a fixing that is open again. */
export function removalOfClosed(fixingId: string): Removal {
  return { type: 'del', table: 'samples', key: CLOSED + fixingId }
}

function plain(record: unknown): unknown {
  return JSON.parse(
    JSON.stringify(record, (_, value: unknown) => (typeof value === 'bigint' ? value.toString() : value)),
  )
}
