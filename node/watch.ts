import { isDeepStrictEqual } from 'node:util'
import type { Hex } from 'viem'
import type { ChainPort, Head, OracleEvent } from './chain/port.ts'
import type { Fixing } from '#protocol/fixing.ts'

/** Where found fixings are kept, and how far the log was read. */
export interface WatchMemory {
  nextBlock(): Promise<bigint | undefined>
  /** The newest block that was thought to stay. */
  anchor(): Promise<Head | undefined>
  /** Remembers all of it or nothing; without `anchor` that of before. */
  extend(found: readonly FoundFixing[], nextBlock: bigint, anchor?: Head): Promise<void>
  /** Whether the fixing was found before, and nothing is left to be done about it. */
  isClosed(id: Hex): Promise<boolean>
}

/** A fixing of an index this node holds the document of. */
export type FoundFixing = { readonly id: Hex; readonly fixing: Fixing; readonly block: bigint }

/** What one look at the chain brought. */
export type Sighting = {
  readonly head: Head
  readonly isNew: boolean
  /** New ones; if the chain was undone, those as well that were over. */
  readonly found: readonly FoundFixing[]
  /** The chain was undone further than `confirmations`, perhaps while nobody looked: everything was read again from the beginning. */
  readonly isUndone: boolean
}

/** Follows the chain by asking for its newest block. */
export interface Watch {
  /** Reads what was logged since the last look. Throws DeadRpcError, {@link ShortChainError}; then nothing is shown that was not before. */
  look(): Promise<Sighting>
  /**
   * The next look at a new block finds this fixing too, whether or not the oracle announced it; nothing for one that was found
   * before. Its events from then on are read, and after a restart those from its `block` on. `earlier` are those in the blocks before
   * {@link Watch.nextBlock}: with them no look may be on its way, and the next finds it without a new block, too.
   */
  follow(one: FoundFixing, earlier?: readonly OracleEvent[]): void
  /** The block from which the next look goes on: what was logged before is not read again, unless the chain is undone. */
  nextBlock(): bigint
  /** The fixing's events so far, in chain order. */
  events(id: Hex): readonly OracleEvent[]
  /** A number that is another one whenever the fixing's events are others than before; undefined of one that is not watched. */
  version(id: Hex): number | undefined
  /** The fixing's events are no longer needed. */
  forget(id: Hex): void
}

/** Blocks read at once: what was read is on disk before more is, and what is of no fixing here leaves memory. */
export const PART_BLOCKS = 10_000n

/** What a look has read so far: from where it goes on, and what is of fixings that are tracked or were just found. */
type Reading = {
  at: bigint
  /** The last block that was read of a part that is whole: what was read is of its chain. */
  last: Head | undefined
  /** Whether all is read again, since the chain was undone. */
  readonly isUndone: boolean
  readonly found: Map<Hex, FoundFixing>
  readonly own: Map<Hex, readonly OracleEvent[]>
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
  chain: Pick<ChainPort, 'head' | 'block' | 'events'>,
  memory: WatchMemory,
  isHeld: (indexId: Hex) => boolean,
  { open, firstBlock, confirmations }: WatchOptions,
): Promise<Watch> {
  const tracked = new Map<Hex, Log>(open.map(({ id }) => [id, emptyLog()]))
  let seen = new Set(open.map(({ id }) => id))
  /** Fixings that are to be found, announced or not. */
  const asked = new Map<Hex, { readonly one: FoundFixing; readonly earlier: readonly OracleEvent[] | undefined }>()
  const remembered = (await memory.nextBlock()) ?? firstBlock
  let next = open.reduce((least, { block }) => (block < least ? block : least), remembered)
  let last: Head | undefined
  /** The newest block that was thought to stay. */
  let anchor = await memory.anchor()
  /** INVARIANT: what is kept of the log is of the chain that the head is of. */
  const isAnchored = async (head: Head): Promise<boolean> => {
    if (anchor === undefined) return true
    if (head.number < anchor.number) throw new ShortChainError(anchor.number, head.number)
    return isSame(await chain.block(anchor.number), anchor)
  }

  /** Goes on after a failure, while the chain is the one that it is of. */
  let reading: Reading | undefined
  const mayGoOn = async ({ last: end }: Reading, head: Head): Promise<boolean> =>
    end === undefined || (end.number <= head.number && isSame(await chain.block(end.number), end))
  /** Reads up to the block `to`, and remembers on disk that everything was read up to `settled`. */
  const read = async (progress: Reading, to: bigint, settled: bigint, stays?: Head): Promise<void> => {
    const { at, found, own } = progress
    const isTracked = (id: Hex): boolean => tracked.has(id) || found.has(id) || asked.has(id)
    const events = at > to ? [] : await chain.events(at, to, { isTracked, isHeld })
    const announced = events.flatMap((event) =>
      event.name === 'created' && isHeld(event.fixing.indexId)
        ? [{ id: event.id, fixing: event.fixing, block: event.block }]
        : [],
    )
    const fresh = await freshOf([...announced, ...[...asked.values()].map(({ one }) => one)], progress)
    await memory.extend(fresh, settled + 1n, stays)
    for (const one of fresh) found.set(one.id, one)
    for (const [id, more] of Map.groupBy(events, (event) => event.id)) {
      if (tracked.has(id) || found.has(id)) own.set(id, [...(own.get(id) ?? []), ...more])
    }
    progress.at = to + 1n
  }

  /** Those that were not found before, once each; what is over is found again only if the chain was undone. */
  const freshOf = async (
    candidates: readonly FoundFixing[],
    { found, isUndone }: Reading,
  ): Promise<readonly FoundFixing[]> => {
    const fresh = new Map<Hex, FoundFixing>()
    for (const one of candidates) {
      if (seen.has(one.id) || found.has(one.id) || fresh.has(one.id)) continue
      if (!isUndone && (await memory.isClosed(one.id))) seen.add(one.id)
      else fresh.set(one.id, one)
    }
    return [...fresh.values()]
  }

  return {
    async look() {
      const head = await chain.head()
      const isJoined = [...asked.values()].some(({ earlier }) => earlier !== undefined)
      const isNew = isJoined || last === undefined || last.number !== head.number || !isSame(last, head)
      if (!isNew) return { head, isNew, found: [], isUndone: false }
      const isUndone = !(await isAnchored(head))
      const settledUpTo = head.number - BigInt(confirmations)
      if (reading?.isUndone !== isUndone || !(await mayGoOn(reading, head))) {
        const at = isUndone ? firstBlock : next
        reading = { at, last: undefined, isUndone, found: new Map(), own: new Map() }
        // What was over may not be.
        if (isUndone) seen = new Set(tracked.keys())
      }
      for (let to = reading.at + PART_BLOCKS - 1n; to < settledUpTo; to += PART_BLOCKS) {
        const end = await chain.block(to)
        await read(reading, to, to)
        reading.last = end
      }
      const following = settledUpTo + 1n > reading.at ? settledUpTo + 1n : reading.at
      const stays = settledUpTo < 0n ? undefined : await chain.block(settledUpTo)
      const isNewer = isUndone || anchor === undefined || settledUpTo > anchor.number
      // The last thing that can fail; what is remembered in memory follows what is on disk.
      await read(reading, head.number, following - 1n, isNewer ? stays : undefined)
      const { own, found: fresh } = reading
      const found = [...fresh.values()]
      reading = undefined
      for (const { id } of found) {
        seen.add(id)
        tracked.set(id, { ...emptyLog(), settled: asked.get(id)?.earlier ?? NONE })
      }
      for (const id of asked.keys()) if (seen.has(id)) asked.delete(id)
      for (const [id, log] of tracked) {
        if (isUndone) log.settled = []
        const events = own.get(id) ?? NONE
        // What was settled before is not read again.
        if (isUndone || !isDeepStrictEqual(events, log.recent)) log.version += 1
        if (events.length === 0 && log.recent.length === 0) continue
        // Not by the confirmations: a head that went back must not take what is never read again.
        log.settled = [...log.settled, ...events.filter(({ block }) => block < following)]
        log.recent = events.filter(({ block }) => block >= following)
      }
      next = following
      last = head
      if (isNewer) anchor = stays
      return { head, isNew, found, isUndone }
    },
    follow(one, earlier) {
      if (!seen.has(one.id)) asked.set(one.id, { one, earlier })
    },
    nextBlock: () => next,
    events(id) {
      const log = tracked.get(id)
      return log === undefined ? [] : [...log.settled, ...log.recent]
    },
    version: (id) => tracked.get(id)?.version,
    forget: (id) => void tracked.delete(id),
  }
}

/** A fixing's events: those that are not read again, and those that are with every look. */
type Log = { settled: readonly OracleEvent[]; recent: readonly OracleEvent[]; version: number }

const NONE: readonly never[] = []

function emptyLog(): Log {
  return { settled: NONE, recent: NONE, version: 0 }
}

function isSame(a: Head, b: Head): boolean {
  return a.time === b.time && a.hash === b.hash
}

/** The chain ends before a block that was thought to stay: the endpoint is far behind, or the chain was undone. */
export class ShortChainError extends Error {
  override readonly name = 'Watch.ShortChainError'
  constructor(want: bigint, got: bigint) {
    super(`Expected block ${want}, which was there before, got a newest block ${got}. Compare with an explorer's.`)
  }
}
