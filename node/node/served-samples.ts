import type { Hex } from 'viem'
import { putNewest } from '../ground/newest.ts'
import { type Archived, archivedSamples } from '../observe/archived.ts'
import type { SampleTable } from '../store/sample-table.ts'
import type { SamplesSource } from '../sync/samples.ts'
import { withPlaces } from './places.ts'

/** Fixings whose leaves are remembered. */
const MAX_REMEMBERED = 4
/** Of the leaves of one fixing: those of the largest document take 2 MB. */
const MAX_BYTES = 3_145_728
/** A leaf in memory beside the text of its close, about. */
const LEAF_BYTES = 128
/** Asked for its root, somebody who abstained has none. */
const ABSTAINED: Archived = { sourcesRoot: '', leaves: [] }

/**
 * The samples behind the own observations of `table`, for peers who ask for them a page at a time. Those of the last few fixings are
 * remembered until a record changes: to read and check all of them anew for every page takes a hundred times what the page does.
 */
export function servedSamples(table: Pick<SampleTable, 'get' | 'changes'>): SamplesSource {
  const recent = new Map<Hex, Archived>()
  let asOf = table.changes
  const remembered = (fixingId: Hex): Archived | undefined => {
    if (asOf !== table.changes) recent.clear()
    asOf = table.changes
    return recent.get(fixingId)
  }
  const read = async (fixingId: Hex): Promise<Archived | undefined> => {
    const before = table.changes
    const record = await table.get(fixingId)
    if (record === undefined) return undefined
    const archived = archivedSamples(record) ?? ABSTAINED
    // INVARIANT: what was read while a record changed may be what it was before.
    if (before === table.changes && bytesOf(archived) <= MAX_BYTES) {
      putNewest(recent, fixingId, archived, MAX_REMEMBERED)
    }
    return archived
  }
  // Of the many who want the same one reads it; and of many records one at a time is in memory.
  const inTurn = withPlaces(1)
  return async ({ fixingId, sourcesRoot }) => {
    const archived = remembered(fixingId) ?? (await inTurn(async () => remembered(fixingId) ?? read(fixingId)))
    return archived?.sourcesRoot === sourcesRoot ? archived.leaves : undefined
  }
}

function bytesOf({ leaves }: Archived): number {
  return leaves.reduce((sum, [, , close]) => sum + LEAF_BYTES + close.length, 0)
}
