import { z } from 'zod'
import type { Database } from './database.ts'
import { DECIMAL, parseRow } from './row.ts'

/** That a store was made from a backup: what was signed after the backup is not known. */
export interface Restoration {
  /** Whether something new may be signed for a fixing of this maturity, Unix seconds. Always, of a store never restored. */
  maySign(maturity: bigint): boolean
  /** Says what time it is, at every look: the first after a restoration is remembered. */
  note(time: bigint): Promise<void>
}

const KEY = 'restored'
/** 'now' until a time is known. */
const VALUE = z.union([z.literal('now'), DECIMAL])

/**
 * INVARIANT: after a restoration nothing new is signed for a fixing that had matured by then: it may have been signed
 * before, in another way.
 */
export async function openRestoration(database: Database): Promise<Restoration> {
  const value = await database.read('meta', KEY)
  let since = value === undefined ? undefined : parseRow(VALUE, 'meta', { key: KEY, value })
  return {
    maySign: (maturity) => since === undefined || (since !== 'now' && maturity > since),
    async note(time) {
      if (since !== 'now') return
      await database.write([{ table: 'meta', key: KEY, value: time.toString() }], 'durable')
      since = time
    },
  }
}
