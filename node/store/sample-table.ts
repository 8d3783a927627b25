import type { Hex } from 'viem'
import type { Database } from './database.ts'

/** What the sources gave for a fixing, kept so that anyone can ask why two observations differ. */
export interface SampleTable {
  /** JSON, every bigint as a decimal string; replaces the record of an earlier attempt. */
  put(fixingId: Hex, record: unknown): Promise<void>
  get(fixingId: Hex): Promise<unknown>
}

/** The samples of `database`. */
export function sampleTable(database: Database): SampleTable {
  return {
    put: (fixingId, record) => database.write([{ table: 'samples', key: fixingId, value: plain(record) }], 'soon'),
    get: (fixingId) => database.read('samples', fixingId),
  }
}

function plain(record: unknown): unknown {
  return JSON.parse(
    JSON.stringify(record, (_, value: unknown) => (typeof value === 'bigint' ? value.toString() : value)),
  )
}
