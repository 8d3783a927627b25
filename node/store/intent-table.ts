import type { Hex } from 'viem'
import { z } from 'zod'
import type { Database, ListQuery } from './database.ts'
import { closedIds } from './fixing-table.ts'
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
  'readmit',
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

/** The intents of this node: of a fixing all are at hand, or none. */
export interface IntentTable {
  /** Resolves when the intent is on disk. Those of its fixing must be at hand. */
  put(intent: Intent): Promise<void>
  get(key: string): Intent | undefined
  /** Oldest first. */
  of(fixingId: Hex): readonly Intent[]
  /** Those that may still be mined, and those that were in a block that may be undone: by nonce; they are always at hand. */
  unfinished(): readonly Intent[]
  /** Whether those of the fixing are at hand. */
  isLoaded(fixingId: Hex): boolean
  /** Has those of the fixing at hand; they may be unloaded by the time that the caller goes on. */
  load(fixingId: Hex): Promise<void>
  /** Lets go of those of all fixings that are not `isNeeded` and have no unfinished one; they stay on disk. */
  unload(isNeeded: (fixingId: Hex) => boolean): void
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

/** Rows that are read at once: those of years are looked through piece by piece. */
const PAGE = 1_000

/** The intents of `database`: at hand are those of fixings that are not closed, or have an unfinished one. */
export async function openIntentTable(database: Database): Promise<IntentTable> {
  const read = async (query: ListQuery): Promise<readonly Intent[]> =>
    (await database.list('intents', query)).map((row) => parseRow(INTENT, 'intents', row))
  const memory = createIntentMemory((fixingId) => read({ prefix: `${fixingId}:` }))
  const closed = await closedIds(database)
  let last: Intent | undefined
  do {
    const page = await read({ before: last?.key, limit: PAGE, order: 'newest' })
    for (const intent of page) memory.keep(intent)
    last = page.length < PAGE ? undefined : page.at(-1)
    // Of the last fixing of a page the next may have more.
    memory.unload((fixingId) => !closed.has(fixingId) || fixingId === last?.fixingId)
  } while (last !== undefined)
  return {
    ...memory,
    async put(intent) {
      await database.write([{ table: 'intents', key: intent.key, value: intent }], 'durable')
      memory.keep(intent)
    },
  }
}

/** Intents in memory, found by what is asked for; those that it let go of are read with `stored`. */
export function createIntentMemory(
  stored: (fixingId: Hex) => Promise<readonly Intent[]>,
): Omit<IntentTable, 'put'> & { readonly keep: (intent: Intent) => void } {
  const intents = new Map<string, Intent>()
  /** Of every fixing whose intents are at hand the keys. */
  const keysOf = new Map<Hex, Set<string>>()
  const open = new Set<string>()
  const loading = new Map<Hex, Promise<void>>()
  const find = (keys: Iterable<string>): Intent[] => [...keys].flatMap((key) => intents.get(key) ?? [])
  const keep = (intent: Intent): void => {
    const { key, fixingId, state, block } = intent
    intents.set(key, intent)
    keysOf.set(fixingId, (keysOf.get(fixingId) ?? new Set<string>()).add(key))
    if (state === 'signed' || block !== undefined) open.add(key)
    else open.delete(key)
  }
  const read = async (fixingId: Hex): Promise<void> => {
    const found = await stored(fixingId)
    if (keysOf.has(fixingId)) return
    keysOf.set(fixingId, new Set())
    for (const intent of found) keep(intent)
  }
  return {
    keep,
    get: (key) => intents.get(key),
    of: (fixingId) => find([...(keysOf.get(fixingId) ?? [])].toSorted()),
    unfinished: () => find(open).toSorted((a, b) => (a.nonce ?? 0) - (b.nonce ?? 0)),
    isLoaded: (fixingId) => keysOf.has(fixingId),
    async load(fixingId) {
      if (keysOf.has(fixingId)) return
      const begun = loading.get(fixingId) ?? read(fixingId).finally(() => loading.delete(fixingId))
      loading.set(fixingId, begun)
      await begun
    },
    unload(isNeeded) {
      for (const [fixingId, keys] of keysOf) {
        if (isNeeded(fixingId) || [...keys].some((key) => open.has(key))) continue
        for (const key of keys) intents.delete(key)
        keysOf.delete(fixingId)
      }
    },
  }
}
