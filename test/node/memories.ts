import type { Collateral } from '../../node/chain/collateral.ts'
import type { ChainPort } from '../../node/chain/port.ts'
import { createTransactions, type Transactions, type TransactionsComponents } from '../../node/chain/transactions.ts'
import type { Journal, JournalLine } from '../../node/journal.ts'
import { createIntentMemory, type Intent, type IntentTable } from '../../node/store/intent-table.ts'
import { fakeClock } from './fake-clock.ts'
import { keyOf } from './reporters.ts'

/** An intent table in memory; `log` has every row that was written, in order. */
export function intentMemory(rows: readonly Intent[] = []): IntentTable & { readonly log: Intent[] } {
  const stored = new Map(rows.map((row) => [row.key, row]))
  const memory = createIntentMemory(async (fixingId) => [...stored.values()].filter((row) => row.fixingId === fixingId))
  for (const row of rows) memory.keep(row)
  const log: Intent[] = []
  return {
    ...memory,
    log,
    async put(intent) {
      log.push(intent)
      stored.set(intent.key, intent)
      memory.keep(intent)
    },
  }
}

/** A journal in memory. */
export function journalMemory(): Journal & { readonly lines: JournalLine[] } {
  const lines: JournalLine[] = []
  return {
    lines,
    async write(line) {
      lines.push(line)
    },
    last: () => undefined,
    forget: () => undefined,
    counts: () => [],
  }
}

/** Transactions on a chain that says nothing of those it was not told of, unless `parts` say otherwise. */
export function transactionsOf(
  intents: IntentTable,
  parts: Partial<Omit<TransactionsComponents, 'chain'>> & { readonly chain?: Partial<ChainPort> } = {},
): Transactions {
  return createTransactions({
    intents,
    journal: journalMemory(),
    halt: { reason: () => undefined },
    clock: fakeClock(),
    signal: new AbortController().signal,
    pollMs: 1_000,
    confirmations: 64,
    ...parts,
    chain: {
      account: keyOf('sender').address,
      outlook: async () => OUTLOOK,
      pursue: async () => ({ kind: 'pending' }),
      fillNonce: async () => ({ kind: 'sent' }),
      ...parts.chain,
    },
  })
}

/** What a chain of block 10 says to whoever sends. */
export const OUTLOOK: Awaited<ReturnType<ChainPort['outlook']>> = {
  number: 10n,
  time: 1_000n,
  baseFee: 10n ** 9n,
  tip: 10n ** 8n,
  mined: 3,
  pending: 3,
  balance: 10n ** 20n,
}

/** Collateral that is always there. */
export function plenty(transactions: Transactions): Collateral {
  return {
    stake: (plan, _spender, send) => transactions.attempt(plan, send),
    revoke: async () => undefined,
    committed: () => 0n,
    upcoming: () => 0n,
    lastBlock: () => 0n,
  }
}
