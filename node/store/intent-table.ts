import type { Hex } from 'viem'
import { z } from 'zod'
import type { Database } from './database.ts'
import { DECIMAL, HEX, parseRow } from './row.ts'

/**
 * A transaction that was signed, and what became of it. Amounts are bond-token wei. Kind, round and value mean nothing
 * for a roster, nor kind and round for an attestation or a reward.
 */
export type Intent = {
  /** Unique: the fixing's id and a number. */
  readonly key: string
  readonly fixingId: Hex
  readonly action: 'propose' | 'contribute' | 'appeal' | 'claim' | 'roster' | 'attest' | 'reward'
  readonly kind: 'stake' | 'appeal'
  readonly round: number
  readonly value: bigint
  /** What may be taken at most; 0 where nothing is. */
  readonly amount: bigint
  /** 'planned' is what older versions wrote before they signed. */
  readonly state: 'planned' | 'signed' | 'done' | 'failed'
  /** Known from 'signed' on. */
  readonly hash?: Hex | undefined
  readonly nonce?: number | undefined
  /** What was taken or paid, once done; why not, once failed. */
  readonly moved?: bigint | undefined
  readonly reason?: string | undefined
  /** When it was decided, Unix seconds. */
  readonly at: bigint
}

/** The intents of this node. */
export interface IntentTable {
  /** Resolves when the intent is on disk. */
  put(intent: Intent): Promise<void>
  /** Oldest first. */
  of(fixingId: Hex): readonly Intent[]
}

const INTENT = z.object({
  key: z.string(),
  fixingId: HEX,
  action: z.enum(['propose', 'contribute', 'appeal', 'claim', 'roster', 'attest', 'reward']),
  kind: z.enum(['stake', 'appeal']),
  round: z.number(),
  value: DECIMAL,
  amount: DECIMAL,
  state: z.enum(['planned', 'signed', 'done', 'failed']),
  hash: HEX.optional(),
  nonce: z.number().optional(),
  moved: DECIMAL.optional(),
  reason: z.string().optional(),
  at: DECIMAL,
})

/** The intents of `database`, read once and kept in memory. */
export async function openIntentTable(database: Database): Promise<IntentTable> {
  const intents = new Map<string, Intent>()
  for (const row of await database.list('intents')) intents.set(row.key, parseRow(INTENT, 'intents', row))
  return {
    async put(intent) {
      await database.write([{ table: 'intents', key: intent.key, value: intent }], 'durable')
      intents.set(intent.key, intent)
    },
    of: (fixingId) => [...intents.values()].filter((intent) => intent.fixingId === fixingId),
  }
}
