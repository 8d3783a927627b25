import { isDeepStrictEqual } from 'node:util'
import type { Hex } from 'viem'
import type { OracleEvent } from '../chain/port.ts'
import type { LogTail } from './memory.ts'

/** A fixing's events: those that are not read again, and those that are with every look. */
type Log = { settled: readonly OracleEvent[]; recent: readonly OracleEvent[]; version: number }

/** Events by the fixing that they are of, each in chain order. */
export type Events = ReadonlyMap<Hex, readonly OracleEvent[]>

/** The events of all watched fixings, and how much of them is on disk. */
export type Logs = {
  /** Watches the fixing; `settled` is what is on disk of it, if that is not known yet. */
  track(id: Hex, settled?: readonly OracleEvent[]): void
  isTracked(id: Hex): boolean
  tracked(): readonly Hex[]
  /** What is on disk of them may lack what was read: it is written again without news, too. */
  doubt(ids: Iterable<Hex>): void
  /** Of these the disk may lack something. */
  doubted(): readonly Hex[]
  /** The fixing's events before the next block; undefined of one that is not watched. */
  settled(id: Hex): readonly OracleEvent[] | undefined
  /** What makes these logs of what is on disk, without those that are there already. */
  tailsOf(logs: Events): readonly LogTail[]
  /** Those on disk that are not among the watched. */
  dropped(isWatched: (id: Hex) => boolean): readonly Hex[]
  /** The disk has these logs now, as far as they are still watched, and those of `dropped` no more. */
  wrote(logs: Events, dropped: readonly Hex[], isWatched: (id: Hex) => boolean): void
  /** Those with events that are read again with every look: they may change though nothing is read of them. */
  lively(): Iterable<Hex>
  /**
   * A look came to its end, in which `events` were read of the fixing: what is on disk is settled, and of the others those from the
   * block `following` on are read again. Nothing for one that was forgotten while it was read.
   */
  turn(id: Hex, events: readonly OracleEvent[], following: bigint, isUndone: boolean): void
  /** These take the place of what is on disk of the fixing, and of what is known before the next block if it is watched. */
  replace(id: Hex, earlier: readonly OracleEvent[]): void
  /** In chain order; none of one that is not watched. */
  events(id: Hex): readonly OracleEvent[]
  /** Another number whenever the events are others than before; undefined of one that is not watched. */
  version(id: Hex): number | undefined
  forget(id: Hex): void
}

/** No logs, and an empty disk. */
export function emptyLogs(): Logs {
  /** INVARIANT: the events before the next block as they are on disk, of those that are tracked or were just found. */
  const kept = new Map<Hex, readonly OracleEvent[]>()
  const tracked = new Map<Hex, Log>()
  /** INVARIANT: all that are tracked and have recent events. */
  const lively = new Set<Hex>()
  /** Of which what is kept may lack what was read, or was never written. */
  const unkept = new Set<Hex>()
  return {
    track(id, settled) {
      tracked.set(id, { settled: settled ?? NONE, recent: NONE, version: 0 })
      if (settled !== undefined) kept.set(id, settled)
    },
    isTracked: (id) => tracked.has(id),
    tracked: () => [...tracked.keys()],
    doubt(ids) {
      for (const id of ids) unkept.add(id)
    },
    doubted: () => [...unkept],
    settled: (id) => tracked.get(id)?.settled,
    tailsOf: (logs) => [...logs].flatMap(([id, log]) => tailOf(id, kept.get(id), log) ?? []),
    dropped: (isWatched) => [...kept.keys()].filter((id) => !isWatched(id)),
    wrote(logs, dropped, isWatched) {
      for (const id of dropped) kept.delete(id)
      for (const [id, log] of logs) if (isWatched(id)) kept.set(id, log)
      unkept.clear()
    },
    lively: () => lively,
    turn(id, events, following, isUndone) {
      const log = tracked.get(id)
      if (log === undefined) return
      // What was settled before is not read again.
      if (isUndone || !isDeepStrictEqual(events, log.recent)) log.version += 1
      log.settled = kept.get(id) ?? NONE
      if (events.length === 0 && log.recent.length === 0) return
      // Not by the confirmations: a head that went back must not take what is never read again.
      log.recent = events.filter(({ block }) => block >= following)
      if (log.recent.length > 0) lively.add(id)
      else lively.delete(id)
    },
    replace(id, earlier) {
      kept.set(id, earlier)
      unkept.add(id)
      const log = tracked.get(id)
      if (log === undefined) return
      log.settled = earlier
      log.version += 1
    },
    events(id) {
      const log = tracked.get(id)
      return log === undefined ? NONE : [...log.settled, ...log.recent]
    },
    version: (id) => tracked.get(id)?.version,
    forget(id) {
      tracked.delete(id)
      lively.delete(id)
      kept.delete(id)
    },
  }
}

const NONE: readonly never[] = []

/** What makes `log` of what was kept; undefined if it is that. What stays the same is the same objects. */
function tailOf(id: Hex, before: readonly OracleEvent[] | undefined, log: readonly OracleEvent[]): LogTail | undefined {
  if (before === log) return undefined
  const other = log.findIndex((event, i) => event !== before?.[i])
  const from = other === -1 ? log.length : other
  return from === log.length && from === before?.length ? undefined : { id, from, events: log.slice(from) }
}
