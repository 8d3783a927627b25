import type { Removal, Row, Table } from './tables.ts'

/** What an upgrade does to one row. */
export type Change = ({ readonly type: 'put' } & Row) | Removal

/** What one step looks at: the rows of some tables, as the older format wrote them. */
type Step = {
  readonly tables: readonly Table[]
  /** Undefined: the row stays as it is. */
  readonly change: (row: Row) => Change | undefined
}

/** The step at place n makes format n + 2 of format n + 1. Steps are never edited, only added. */
const STEPS: readonly Step[] = [
  { tables: ['intents', 'reporters'], change: completeRow },
  // Format 2 knew nothing of what is due of closed fixings, nor of logs: whoever writes it would lose them.
  { tables: [], change: () => undefined },
]

/** The format that this version writes. */
export const FORMAT = STEPS.length + 1

/** What makes format `from` + 1 of the rows of format `from`, 1 ≤ `from` < {@link FORMAT}. */
export async function upgradeFrom(
  from: number,
  list: (table: Table) => Promise<readonly { readonly key: string; readonly value: unknown }[]>,
): Promise<readonly Change[]> {
  const step = STEPS[from - 1]
  const changes: Change[] = []
  for (const table of step?.tables ?? []) {
    for (const row of await list(table)) {
      const change = step?.change({ table, ...row })
      if (change !== undefined) changes.push(change)
    }
  }
  return changes
}

/**
 * Format 1 had transactions that were not signed yet, and before reporters had owners and BLS keys lists without them. Nothing
 * of the first can have left; the second are read from the chain again.
 */
function completeRow({ table, key, value }: Row): Change | undefined {
  if (table === 'intents') {
    const isPlanned = isObject(value) && value['state'] === 'planned'
    const reason = 'stopped before signing'
    return isPlanned ? { type: 'put', table, key, value: { ...value, state: 'failed', reason } } : undefined
  }
  const reporters = isObject(value) && Array.isArray(value['reporters']) ? value['reporters'] : []
  const isWhole = reporters.every((one) => isObject(one) && 'owner' in one && 'key' in one)
  return isWhole ? undefined : { type: 'del', table, key }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
