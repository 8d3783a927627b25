import type { Hex } from 'viem'
import type { ChainPort, Head, OracleEvent } from './chain/port.ts'
import type { Fixing } from '#protocol/fixing.ts'

/** Where found fixings are kept, and how far the log was read. */
export interface WatchMemory {
  nextBlock(): Promise<bigint | undefined>
  extend(found: readonly FoundFixing[], nextBlock: bigint): Promise<void>
}

/** A fixing of an index this node holds the document of. */
export type FoundFixing = { readonly id: Hex; readonly fixing: Fixing; readonly block: bigint }

/** What one look at the chain brought. */
export type Sighting = { readonly head: Head; readonly isNew: boolean; readonly found: readonly FoundFixing[] }

/** Follows the chain by asking for its newest block. */
export interface Watch {
  /** Reads what was logged since the last look. Throws DeadRpcError, and then has changed nothing. */
  look(): Promise<Sighting>
  /** The fixing's events so far, in chain order. */
  events(id: Hex): readonly OracleEvent[]
  /** The fixing's events are no longer needed. */
  forget(id: Hex): void
}

/** Where watching begins, and what it looks at again. */
export type WatchOptions = {
  /** The fixings known from before, whose logs are read again from their creation. */
  readonly open: readonly FoundFixing[]
  /** Where the oracle's log begins. */
  readonly firstBlock: bigint
  /**
   * Blocks that may still be undone: their logs are read again at every look, so that what was logged in an abandoned block
   * disappears.
   */
  readonly confirmations: number
}

/**
 * Watches for `Created` events of held index documents and for every event of tracked fixings.
 */
export async function startWatch(
  chain: Pick<ChainPort, 'head' | 'events'>,
  memory: WatchMemory,
  isHeld: (indexId: Hex) => boolean,
  { open, firstBlock, confirmations }: WatchOptions,
): Promise<Watch> {
  const tracked = new Map(open.map(({ id }) => [id, { settled: [] as OracleEvent[], recent: [] as OracleEvent[] }]))
  const seen = new Set(open.map(({ id }) => id))
  const remembered = (await memory.nextBlock()) ?? firstBlock
  let next = open.reduce((least, { block }) => (block < least ? block : least), remembered)
  let last: Head | undefined

  return {
    async look() {
      const head = await chain.head()
      const isNew = last?.number !== head.number || last.time !== head.time
      if (!isNew) return { head, isNew, found: [] }
      const events = next > head.number ? [] : await chain.events(next, head.number)
      const found = events.flatMap((event) =>
        event.name === 'created' && !seen.has(event.id) && isHeld(event.fixing.indexId)
          ? [{ id: event.id, fixing: event.fixing, block: event.block }]
          : [],
      )
      const settledUpTo = head.number - BigInt(confirmations)
      const following = settledUpTo + 1n > next ? settledUpTo + 1n : next
      // The last thing that can fail; what is remembered in memory follows what is on disk.
      await memory.extend(found, following)
      for (const { id } of found) {
        seen.add(id)
        tracked.set(id, { settled: [], recent: [] })
      }
      const byFixing = Map.groupBy(events, ({ id }) => id)
      for (const [id, log] of tracked) {
        const own = byFixing.get(id) ?? []
        log.settled.push(...own.filter(({ block }) => block <= settledUpTo))
        log.recent = own.filter(({ block }) => block > settledUpTo)
      }
      next = following
      last = head
      return { head, isNew, found }
    },
    events(id) {
      const log = tracked.get(id)
      return log === undefined ? [] : [...log.settled, ...log.recent]
    },
    forget: (id) => void tracked.delete(id),
  }
}
