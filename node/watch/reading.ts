import type { Hex } from 'viem'
import type { ChainPort, Head, OracleEvent } from '../chain/port.ts'
import type { Events, Logs } from './logs.ts'
import type { FoundFixing, WatchMemory } from './memory.ts'

/** What a look has read so far: from where it goes on, and what is of fixings that are tracked or were just found. */
export type Reading = {
  at: bigint
  /** The last block that was read of a part that is whole: what was read is of its chain. */
  last: Head | undefined
  /** Whether all is read again, since the chain was undone. */
  readonly isUndone: boolean
  readonly found: Map<Hex, FoundFixing>
  readonly own: Map<Hex, readonly OracleEvent[]>
}

/** What reading the oracle's log takes. */
type ReaderComponents = {
  readonly chain: Pick<ChainPort, 'events'>
  readonly memory: Pick<WatchMemory, 'extend' | 'isClosed'>
  readonly isHeld: (indexId: Hex) => boolean
  readonly logs: Logs
}

/** Reads the oracle's log for the watched fixings and for new ones, and has the disk follow. */
type Reader = {
  /** From the block `at` on; if the chain was undone, what was over is found again. */
  begin(at: bigint, isUndone: boolean): Reading
  /** Reads up to the block `to`, and remembers on disk that everything was read up to `settled`, on the chain of `stays`. */
  read(reading: Reading, to: bigint, settled: bigint, stays: Head | undefined): Promise<void>
  /** Watches what was found, which is returned, and takes what was read; from the block `following` on it is read again. */
  end(reading: Reading, following: bigint): readonly FoundFixing[]
  /** See the watch. */
  follow(one: FoundFixing, earlier?: readonly OracleEvent[]): void
  /** Whether a fixing is to be followed whose earlier events are known. */
  isJoined(): boolean
}

export function createReader({ chain, memory, isHeld, logs }: ReaderComponents, open: readonly FoundFixing[]): Reader {
  let seen = new Set(open.map(({ id }) => id))
  /** Fixings that are to be found, announced or not. */
  const asked = new Map<Hex, { readonly one: FoundFixing; readonly earlier: readonly OracleEvent[] | undefined }>()

  /** Those that were not found before, once each; what is over is found again only if the chain was undone. */
  const freshOf = async (
    events: readonly OracleEvent[],
    { found, isUndone }: Reading,
  ): Promise<readonly FoundFixing[]> => {
    const announced = events.flatMap((event) =>
      event.name === 'created' && isHeld(event.fixing.indexId)
        ? [{ id: event.id, fixing: event.fixing, block: event.block }]
        : [],
    )
    const followed = [...asked.values()].map(({ one }) => one)
    const fresh = new Map<Hex, FoundFixing>()
    // Of two blocks that one is known from, the first.
    for (const one of [...announced, ...followed].toSorted((a, b) => Number(a.block - b.block))) {
      if (seen.has(one.id) || found.has(one.id) || fresh.has(one.id)) continue
      if (!isUndone && (await memory.isClosed(one.id))) seen.add(one.id)
      else fresh.set(one.id, one)
    }
    return [...fresh.values()]
  }
  /** What is to be on disk of these fixings once everything was read up to `settled`, in which `read` is of this reading. */
  const settledLogs = (ids: Iterable<Hex>, read: Events, settled: bigint, isUndone: boolean): Events => {
    const settledLog = (id: Hex): readonly OracleEvent[] => {
      const more = (read.get(id) ?? NONE).filter(({ block }) => block <= settled)
      const before = isUndone ? NONE : (logs.settled(id) ?? asked.get(id)?.earlier ?? NONE)
      return more.length === 0 ? before : [...before, ...more]
    }
    return new Map([...ids].map((id) => [id, settledLog(id)]))
  }

  return {
    begin(at, isUndone) {
      // What was over may not be.
      if (isUndone) seen = new Set(logs.tracked())
      return { at, last: undefined, isUndone, found: new Map(), own: new Map() }
    },
    async read(reading, to, settled, stays) {
      const { at, found, own, isUndone } = reading
      const isTracked = (id: Hex): boolean => logs.isTracked(id) || found.has(id) || asked.has(id)
      const events = at > to ? NONE : await chain.events(at, to, { isTracked, isHeld })
      const fresh = await freshOf(events, reading)
      const freshIds = new Set(fresh.map(({ id }) => id))
      // What was forgotten meanwhile stays forgotten.
      const isWatched = (id: Hex): boolean => logs.isTracked(id) || found.has(id) || freshIds.has(id)
      const grown = new Map<Hex, readonly OracleEvent[]>()
      for (const [id, more] of Map.groupBy(events, (event) => event.id)) {
        if (isWatched(id)) grown.set(id, [...(own.get(id) ?? NONE), ...more])
      }
      // Thousands are watched, and few have news: of the others what is kept stays.
      const all = isUndone ? [...logs.tracked(), ...found.keys()] : [...grown.keys(), ...logs.doubted()]
      const written = new Set([...all, ...freshIds].filter(isWatched))
      const now = settledLogs(written, new Map([...own, ...grown]), settled, isUndone)
      const dropped = isUndone ? logs.dropped(isWatched) : NONE
      await memory.extend(fresh, settled + 1n, { anchor: stays, logs: logs.tailsOf(now), dropped, isUndone })
      logs.wrote(now, dropped, isWatched)
      for (const one of fresh) found.set(one.id, one)
      for (const [id, whole] of grown) own.set(id, whole)
      reading.at = to + 1n
    },
    end({ own, found, isUndone }, following) {
      for (const id of found.keys()) {
        seen.add(id)
        logs.track(id)
      }
      for (const id of asked.keys()) if (seen.has(id)) asked.delete(id)
      const touched = isUndone ? logs.tracked() : [...logs.lively(), ...own.keys(), ...found.keys()]
      for (const id of new Set(touched)) logs.turn(id, own.get(id) ?? NONE, following, isUndone)
      return [...found.values()]
    },
    follow(one, earlier) {
      const { id } = one
      if (earlier === undefined) {
        if (!seen.has(id) && !asked.has(id)) asked.set(id, { one, earlier })
        return
      }
      // It may have been announced again, or judged, before it was known what is older.
      logs.replace(id, earlier)
      if (logs.isTracked(id)) return
      seen.delete(id)
      asked.set(id, { one, earlier })
    },
    isJoined: () => [...asked.values()].some(({ earlier }) => earlier !== undefined),
  }
}

const NONE: readonly never[] = []
