import type { Hex } from 'viem'
import type { Journal, JournalLine } from '../../node/journal.ts'
import type { Intent, IntentTable } from '../../node/store/intent-table.ts'

/** An intent table in memory; `log` has every row that was written, in order. */
export function intentMemory(rows: readonly Intent[] = []): IntentTable & { readonly log: Intent[] } {
  const intents = new Map(rows.map((row) => [row.key, row]))
  const log: Intent[] = []
  return {
    log,
    async put(intent) {
      log.push(intent)
      intents.set(intent.key, intent)
    },
    of: (fixingId: Hex) => [...intents.values()].filter((intent) => intent.fixingId === fixingId),
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
