import type { Hex } from 'viem'
import { z } from 'zod'
import type { Database } from './database.ts'
import { DECIMAL, HEX, parseRow } from './row.ts'
import { type Slot, SLOT } from './slot.ts'

const ACTIONS = [
  'propose',
  'contribute',
  'appeal',
  'claim',
  'roster',
  'attest',
  'reward',
  'wrap',
  'approve',
  'fill',
  'outbid',
  'open',
  'draw',
  'reseed',
  'close',
  'commit',
  'reveal',
  'resolve',
  'withdraw',
] as const

/**
 * A transaction that was signed, and what became of it. Amounts are bond-token wei. Kind, round and value mean nothing
 * for a roster, a fill or an outbid, nor kind and round for an attestation or a reward. Of what goes to a jury the round is the case's,
 * and the value the seat.
 */
export type Intent = {
  /** Unique: the fixing's id and a number. */
  readonly key: string
  readonly fixingId: Hex
  readonly action: (typeof ACTIONS)[number]
  readonly kind: 'stake' | 'appeal'
  readonly round: number
  readonly value: bigint
  /** What may be taken at most; 0 where nothing is. */
  readonly amount: bigint
  readonly state: 'signed' | 'done' | 'failed'
  /** Known from 'signed' on; the hash is the newest version's, and once it was mined that one's. */
  readonly hash?: Hex | undefined
  readonly nonce?: number | undefined
  /** Everything that was signed with the nonce, until what was mined cannot be undone. */
  readonly slot?: Slot | undefined
  /** Where it was mined, until that cannot be undone. */
  readonly block?: bigint | undefined
  /** By then it has to be out of the way: nothing else is done about its fixing before, Unix seconds. */
  readonly deadline?: bigint | undefined
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
  get(key: string): Intent | undefined
  /** Oldest first. */
  of(fixingId: Hex): readonly Intent[]
  /** Those that may still be mined, and those that were in a block that may be undone: by nonce. */
  unfinished(): readonly Intent[]
}

const INTENT = z.object({
  key: z.string(),
  fixingId: HEX,
  action: z.enum(ACTIONS),
  kind: z.enum(['stake', 'appeal']),
  round: z.number(),
  value: DECIMAL,
  amount: DECIMAL,
  state: z.enum(['signed', 'done', 'failed']),
  hash: HEX.optional(),
  nonce: z.number().optional(),
  slot: SLOT.optional(),
  block: DECIMAL.optional(),
  deadline: DECIMAL.optional(),
  moved: DECIMAL.optional(),
  reason: z.string().optional(),
  at: DECIMAL,
})

/** The intents of `database`, read once and kept in memory. */
export async function openIntentTable(database: Database): Promise<IntentTable> {
  const memory = createIntentMemory()
  for (const row of await database.list('intents')) memory.keep(parseRow(INTENT, 'intents', row))
  return {
    ...memory,
    async put(intent) {
      await database.write([{ table: 'intents', key: intent.key, value: intent }], 'durable')
      memory.keep(intent)
    },
  }
}

/** Intents in memory, found by what is asked for. */
export function createIntentMemory(): Omit<IntentTable, 'put'> & { readonly keep: (intent: Intent) => void } {
  const intents = new Map<string, Intent>()
  const keysOf = new Map<Hex, Set<string>>()
  const open = new Set<string>()
  const find = (keys: Iterable<string>): Intent[] => [...keys].flatMap((key) => intents.get(key) ?? [])
  return {
    keep(intent) {
      const { key, fixingId, state, block } = intent
      intents.set(key, intent)
      keysOf.set(fixingId, (keysOf.get(fixingId) ?? new Set<string>()).add(key))
      if (state === 'signed' || block !== undefined) open.add(key)
      else open.delete(key)
    },
    get: (key) => intents.get(key),
    of: (fixingId) => find(keysOf.get(fixingId) ?? []),
    unfinished: () => find(open).toSorted((a, b) => (a.nonce ?? 0) - (b.nonce ?? 0)),
  }
}
