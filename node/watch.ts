import { isDeepStrictEqual } from 'node:util'
import type { Hex } from 'viem'
import type { ChainPort, Head, OracleEvent } from './chain/port.ts'
import type { Fixing } from '#protocol/fixing.ts'

/** Where found fixings are kept, and how far the log was read. */
export interface WatchMemory {
  nextBlock(): Promise<bigint | undefined>
  /** The newest block that was thought to stay. */
  anchor(): Promise<Head | undefined>
  /** Whether everything was read again, since the chain was undone, and not everything that follows from it was done. */
  isUndone(): Promise<boolean>
  /** The fixing's events before {@link WatchMemory.nextBlock}; undefined if they were not kept. */
  log(id: Hex): Promise<readonly OracleEvent[] | undefined>
  /** Remembers all of it or nothing. */
  extend(found: readonly FoundFixing[], nextBlock: bigint, stretch: Stretch): Promise<void>
  /** Whether the fixing was found before, and nothing is left to be done about it. */
  isClosed(id: Hex): Promise<boolean>
}

/** A fixing of an index this node holds the document of. */
export type FoundFixing = { readonly id: Hex; readonly fixing: Fixing; readonly block: bigint }

/** What is remembered with the next block. */
export type Stretch = {
  /** Undefined: that of before. */
  readonly anchor: Head | undefined
  readonly logs: readonly LogTail[]
  /** Fixings whose logs are not known any more: those of an undone chain that nothing has found again so far. */
  readonly dropped: readonly Hex[]
  /** Everything was read again, since the chain was undone. */
  readonly isUndone: boolean
}

/** A fixing's events before the next block, from the place `from` on, the first being 0: nothing is behind them. */
export type LogTail = { readonly id: Hex; readonly from: number; readonly events: readonly OracleEvent[] }

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
   * before, or is {@link Watch.unread}. Its events from then on are read. `earlier` are those in the blocks before
   * {@link Watch.nextBlock}, and remembered to be: with them no look may be on its way, the next finds it without a new block, too,
   * and of one that was found before they take the place of what is known of these blocks.
   */
  follow(one: FoundFixing, earlier?: readonly OracleEvent[]): void
  /**
   * Whether everything is being read again, since the chain was undone, or was with the last look: what is forgotten meanwhile is not
   * found again.
   */
  isStartingOver(): boolean
  /** Fixings known from before that are not watched until they are followed with their earlier events, which were not kept. */
  readonly unread: readonly FoundFixing[]
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
  /** The fixings known from before. */
  readonly open: readonly FoundFixing[]
  /** Where the oracle's log begins; of `open` it is read from where they were found, if that is needed. */
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
  const remembered = (await memory.nextBlock()) ?? firstBlock
  /** INVARIANT: before it nothing was logged of any fixing that is known, though `firstBlock` be a later one than before. */
  const beginning = open.reduce((least, { block }) => (block < least ? block : least), firstBlock)
  /** INVARIANT: the events before the next block as they are in memory.log, of those that are tracked or were just found. */
  const kept = new Map<Hex, readonly OracleEvent[]>()
  const tracked = new Map<Hex, Log>()
  /** INVARIANT: all that are tracked and have recent events: only these change though nothing is read of them. */
  const lively = new Set<Hex>()
  /** Of which what is kept may lack what was read, or was never written: they are written without news, too. */
  const unkept = new Set<Hex>()
  const unread: FoundFixing[] = []
  for (const one of open) {
    const log = await memory.log(one.id)
    if (log !== undefined) kept.set(one.id, log)
    if (log === undefined && one.block < remembered) unread.push(one)
    else {
      tracked.set(one.id, logOf(log))
      if (log === undefined) unkept.add(one.id)
    }
  }
  let seen = new Set(open.map(({ id }) => id))
  /** Fixings that are to be found, announced or not. */
  const asked = new Map<Hex, { readonly one: FoundFixing; readonly earlier: readonly OracleEvent[] | undefined }>()
  let next = remembered
  let isDoubted = await memory.isUndone()
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
  /** With the last look. */
  let wasUndone = false
  const mayGoOn = async ({ last: end }: Reading, head: Head): Promise<boolean> =>
    end === undefined || (end.number <= head.number && isSame(await chain.block(end.number), end))
  /** Reads up to the block `to`, and remembers on disk that everything was read up to `settled`, on the chain of `stays`. */
  const read = async (progress: Reading, to: bigint, settled: bigint, stays: Head | undefined): Promise<void> => {
    const { at, found, own, isUndone } = progress
    const isTracked = (id: Hex): boolean => tracked.has(id) || found.has(id) || asked.has(id)
    const events = at > to ? [] : await chain.events(at, to, { isTracked, isHeld })
    const announced = events.flatMap((event) =>
      event.name === 'created' && isHeld(event.fixing.indexId)
        ? [{ id: event.id, fixing: event.fixing, block: event.block }]
        : [],
    )
    const followed = [...asked.values()].map(({ one }) => one)
    // Of two blocks that one is known from, the first.
    const candidates = [...announced, ...followed].toSorted((a, b) => Number(a.block - b.block))
    const fresh = await freshOf(candidates, progress)
    const freshIds = new Set(fresh.map(({ id }) => id))
    const isWatched = (id: Hex): boolean => tracked.has(id) || found.has(id) || freshIds.has(id)
    const grown = new Map<Hex, readonly OracleEvent[]>()
    for (const [id, more] of Map.groupBy(events, (event) => event.id)) {
      if (isWatched(id)) grown.set(id, [...(own.get(id) ?? NONE), ...more])
    }
    // Thousands are watched, and few have news: of the others what is kept stays.
    const all = isUndone ? [...tracked.keys(), ...found.keys()] : [...grown.keys(), ...unkept]
    const logs = new Map<Hex, readonly OracleEvent[]>()
    for (const id of new Set([...all, ...freshIds])) {
      if (!isWatched(id)) continue
      const more = (grown.get(id) ?? own.get(id) ?? NONE).filter(({ block }) => block <= settled)
      const before = isUndone ? NONE : (tracked.get(id)?.settled ?? asked.get(id)?.earlier ?? NONE)
      logs.set(id, more.length === 0 ? before : [...before, ...more])
    }
    const tails = [...logs].flatMap(([id, log]) => tailOf(id, kept.get(id), log) ?? [])
    const dropped = isUndone ? [...kept.keys()].filter((id) => !isWatched(id)) : NONE
    await memory.extend(fresh, settled + 1n, { anchor: stays, logs: tails, dropped, isUndone })
    // What was begun to be replaced is read to its end, whatever the chain is by then.
    if (isUndone) isDoubted = true
    for (const id of dropped) kept.delete(id)
    for (const one of fresh) found.set(one.id, one)
    // What was forgotten meanwhile stays forgotten.
    for (const [id, log] of logs) if (tracked.has(id) || found.has(id)) kept.set(id, log)
    unkept.clear()
    for (const [id, whole] of grown) own.set(id, whole)
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
      wasUndone = false
      const head = await chain.head()
      const isJoined = [...asked.values()].some(({ earlier }) => earlier !== undefined)
      const isNew = isJoined || last === undefined || last.number !== head.number || !isSame(last, head)
      if (!isNew) return { head, isNew, found: [], isUndone: false }
      const isUndone = !(await isAnchored(head)) || isDoubted
      const settledUpTo = head.number - BigInt(confirmations)
      if (reading?.isUndone !== isUndone || !(await mayGoOn(reading, head))) {
        const at = isUndone ? beginning : next
        // What it has read is on disk, and may not be there any more.
        for (const id of reading?.own.keys() ?? []) unkept.add(id)
        reading = { at, last: undefined, isUndone, found: new Map(), own: new Map() }
        // What was over may not be.
        if (isUndone) seen = new Set(tracked.keys())
      }
      for (let to = reading.at + PART_BLOCKS - 1n; to < settledUpTo; to += PART_BLOCKS) {
        const end = await chain.block(to)
        await read(reading, to, to, isUndone ? undefined : end)
        reading.last = end
        if (!isUndone) anchor = end
      }
      const following = settledUpTo + 1n > reading.at ? settledUpTo + 1n : reading.at
      const stays = settledUpTo < 0n ? undefined : await chain.block(settledUpTo)
      const isNewer = isUndone || anchor === undefined || settledUpTo > anchor.number
      // The last thing that can fail; what is remembered in memory follows what is on disk.
      await read(reading, head.number, following - 1n, isNewer ? stays : undefined)
      const { own, found: fresh } = reading
      const found = [...fresh.values()]
      reading = undefined
      wasUndone = isUndone
      for (const { id } of found) {
        seen.add(id)
        tracked.set(id, logOf())
      }
      for (const id of asked.keys()) if (seen.has(id)) asked.delete(id)
      for (const id of isUndone ? [...tracked.keys()] : new Set([...lively, ...own.keys(), ...fresh.keys()])) {
        const log = tracked.get(id)
        // It was forgotten while it was read.
        if (log === undefined) continue
        const events = own.get(id) ?? NONE
        // What was settled before is not read again.
        if (isUndone || !isDeepStrictEqual(events, log.recent)) log.version += 1
        log.settled = kept.get(id) ?? NONE
        if (events.length === 0 && log.recent.length === 0) continue
        // Not by the confirmations: a head that went back must not take what is never read again.
        log.recent = events.filter(({ block }) => block >= following)
        if (log.recent.length > 0) lively.add(id)
        else lively.delete(id)
      }
      next = following
      last = head
      isDoubted = false
      if (isNewer) anchor = stays
      return { head, isNew, found, isUndone }
    },
    follow(one, earlier) {
      const { id } = one
      const log = tracked.get(id)
      if (earlier === undefined) {
        if (!seen.has(id) && !asked.has(id)) asked.set(id, { one, earlier })
        return
      }
      kept.set(id, earlier)
      unkept.add(id)
      if (log === undefined) {
        seen.delete(id)
        asked.set(id, { one, earlier })
        return
      }
      // It was announced again, or judged, before it was known what is older.
      log.settled = earlier
      log.version += 1
    },
    isStartingOver: () => wasUndone || reading?.isUndone === true,
    unread,
    nextBlock: () => next,
    events(id) {
      const log = tracked.get(id)
      return log === undefined ? [] : [...log.settled, ...log.recent]
    },
    version: (id) => tracked.get(id)?.version,
    forget(id) {
      tracked.delete(id)
      lively.delete(id)
      kept.delete(id)
    },
  }
}

/** A fixing's events: those that are not read again, and those that are with every look. */
type Log = { settled: readonly OracleEvent[]; recent: readonly OracleEvent[]; version: number }

const NONE: readonly never[] = []

function logOf(settled: readonly OracleEvent[] = NONE): Log {
  return { settled, recent: NONE, version: 0 }
}

/** What makes `log` of what was kept; undefined if it is that. What stays the same is the same objects. */
function tailOf(id: Hex, before: readonly OracleEvent[] | undefined, log: readonly OracleEvent[]): LogTail | undefined {
  if (before === log) return undefined
  const other = log.findIndex((event, i) => event !== before?.[i])
  const from = other === -1 ? log.length : other
  return from === log.length && from === before?.length ? undefined : { id, from, events: log.slice(from) }
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
