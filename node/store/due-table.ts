import type { Hex } from 'viem'
import { z } from 'zod'
import type { Attestation } from '#client/attestation.ts'
import type { Fixing } from '#protocol/fixing.ts'
import type { Database } from './database.ts'
import { closingOf } from './fixing-table.ts'
import { ADDRESS, DECIMAL, FIXING_STRUCT, HEX, parseRow } from './row.ts'

/** What co-signing a fixing earned, and everything that claiming it takes: none of it changes once the fixing is settled. */
export type KnownDue = {
  readonly fixingId: Hex
  readonly fixing: Fixing
  readonly settlement: bigint
  /** When the fixing was first seen settled, Unix seconds. */
  readonly settledTime: bigint
  readonly attestation: Attestation
  /** Our reporter's place in the roster. */
  readonly place: number
  /** The places of all reporters of our reporter's owner, ascending. */
  readonly places: readonly number[]
  /** What all attesters share, wei. */
  readonly reward: bigint
}

/** What is due of fixings that are closed. */
export interface DueTable {
  /** Stores what is due, and that nothing else is left to be done about its fixing: both or neither. */
  close(due: KnownDue): Promise<void>
  all(): Promise<readonly KnownDue[]>
  /** Nothing of it is to be claimed any more. */
  forget(fixingIds: readonly Hex[]): Promise<void>
}

const ATTESTATION = z.object({
  value: DECIMAL,
  observationsRoot: HEX,
  proposer: ADDRESS,
  signers: DECIMAL,
  count: z.number(),
})
const DUE = z.object({
  fixingId: HEX,
  fixing: FIXING_STRUCT,
  settlement: DECIMAL,
  settledTime: DECIMAL,
  attestation: ATTESTATION,
  place: z.number(),
  places: z.array(z.number()),
  reward: DECIMAL,
})

/** What is due by `database`. */
export function dueTable(database: Database): DueTable {
  return {
    async close(due) {
      const row = { table: 'dues', key: due.fixingId, value: due } as const
      await database.write([...(await closingOf(database, due.fixingId)), row], 'soon')
    },
    async all() {
      const rows = (await database.list('dues')).filter(({ value }) => value !== false)
      return rows.map((row) => parseRow(DUE, 'dues', row))
    },
    forget: (fixingIds) =>
      database.write(
        fixingIds.map((id) => ({ table: 'dues', key: id, value: false })),
        'soon',
      ),
  }
}
