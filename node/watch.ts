import type { Hex } from 'viem'
import type { ChainPort, Head, OracleEvent } from './chain/port.ts'
import { emptyLogs, type Logs } from './watch/logs.ts'
import type { FoundFixing, WatchMemory } from './watch/memory.ts'
import { createReader, type Reading } from './watch/reading.ts'

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

/** Watches for `Created` events of held index documents and for every event of tracked fixings. */
export async function startWatch(
  chain: Pick<ChainPort, 'head' | 'block' | 'events'>,
  memory: WatchMemory,
  isHeld: (indexId: Hex) => boolean,
  { open, firstBlock, confirmations }: WatchOptions,
): Promise<Watch> {
  const logs = emptyLogs()
  let next = (await memory.nextBlock()) ?? firstBlock
  const unread = await restore(logs, memory, open, next)
  const reader = createReader({ chain, memory, isHeld, logs }, open)
  /** INVARIANT: before it nothing was logged of any fixing that is known, though `firstBlock` be a later one than before. */
  const beginning = open.reduce((least, { block }) => (block < least ? block : least), firstBlock)
  let isDoubted = await memory.isUndone()
  let last: Head | undefined
  /** The newest block that was thought to stay. */
  let anchor = await memory.anchor()
  /** Goes on after a failure, while the chain is the one that it is of. */
  let reading: Reading | undefined
  /** With the last look. */
  let wasUndone = false

  /** INVARIANT: what is kept of the log is of the chain that the head is of. */
  const isAnchored = async (head: Head): Promise<boolean> => {
    if (anchor === undefined) return true
    if (head.number < anchor.number) throw new ShortChainError(anchor.number, head.number)
    return isSame(await chain.block(anchor.number), anchor)
  }
  const mayGoOn = async ({ last: end }: Reading, head: Head): Promise<boolean> =>
    end === undefined || (end.number <= head.number && isSame(await chain.block(end.number), end))
  const readingOf = async (head: Head): Promise<Reading> => {
    const isUndone = !(await isAnchored(head)) || isDoubted
    if (reading?.isUndone === isUndone && (await mayGoOn(reading, head))) return reading
    // What it has read is on disk, and may not be there any more.
    logs.doubt(reading?.own.keys() ?? [])
    return reader.begin(isUndone ? beginning : next, isUndone)
  }
  const read = async (now: Reading, to: bigint, settled: bigint, stays: Head | undefined): Promise<void> => {
    await reader.read(now, to, settled, stays)
    // What was begun to be replaced is read to its end, whatever the chain is by then.
    if (now.isUndone) isDoubted = true
  }
  /** Reads what stays in whole parts: none of them is read again after a failure. */
  const readParts = async (now: Reading, settledUpTo: bigint): Promise<void> => {
    for (let to = now.at + PART_BLOCKS - 1n; to < settledUpTo; to += PART_BLOCKS) {
      const end = await chain.block(to)
      await read(now, to, to, now.isUndone ? undefined : end)
      now.last = end
      if (!now.isUndone) anchor = end
    }
  }

  return {
    async look() {
      wasUndone = false
      const head = await chain.head()
      const isNew = reader.isJoined() || last === undefined || last.number !== head.number || !isSame(last, head)
      if (!isNew) return { head, isNew, found: [], isUndone: false }
      reading = await readingOf(head)
      const { isUndone } = reading
      const settledUpTo = head.number - BigInt(confirmations)
      await readParts(reading, settledUpTo)
      const following = settledUpTo + 1n > reading.at ? settledUpTo + 1n : reading.at
      const stays = settledUpTo < 0n ? undefined : await chain.block(settledUpTo)
      const isNewer = isUndone || anchor === undefined || settledUpTo > anchor.number
      // The last thing that can fail; what is remembered in memory follows what is on disk.
      await read(reading, head.number, following - 1n, isNewer ? stays : undefined)
      const found = reader.end(reading, following)
      reading = undefined
      wasUndone = isUndone
      next = following
      last = head
      isDoubted = false
      if (isNewer) anchor = stays
      return { head, isNew, found, isUndone }
    },
    follow: (one, earlier) => reader.follow(one, earlier),
    isStartingOver: () => wasUndone || reading?.isUndone === true,
    unread,
    nextBlock: () => next,
    events: (id) => logs.events(id),
    version: (id) => logs.version(id),
    forget: (id) => logs.forget(id),
  }
}

/** Tracks what is kept of the fixings known from before. Those of which nothing was, though they are in blocks already read, are left out. */
async function restore(
  logs: Logs,
  memory: WatchMemory,
  open: readonly FoundFixing[],
  nextBlock: bigint,
): Promise<readonly FoundFixing[]> {
  const unread: FoundFixing[] = []
  for (const one of open) {
    const log = await memory.log(one.id)
    if (log === undefined && one.block < nextBlock) {
      unread.push(one)
      continue
    }
    logs.track(one.id, log)
    if (log === undefined) logs.doubt([one.id])
  }
  return unread
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
