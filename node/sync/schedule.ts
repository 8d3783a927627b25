import type { Hex } from 'viem'
import type { Clock } from '../clock.ts'

/** When to sync for the fixings that are open: a sync is about all of them, so one timer serves however many there are. */
export interface Schedule {
  /** Syncs soon, then as the schedule says, for as long as the fixing is open. */
  open(fixingId: Hex): void
  /** The fixing is settled. */
  close(fixingId: Hex): void
}

/** After how many milliseconds of a fixing's opening to sync, then how long after the last sync for whatever is open. */
export type SyncTimes = { readonly afterMs: readonly number[]; readonly everyMs: number }

/** What a schedule works with; `run` starts a sync. */
export type ScheduleComponents = {
  readonly clock: Pick<Clock, 'monotonicMs' | 'sleep'>
  readonly signal: AbortSignal
  readonly run: () => void
}

/** Syncs are at least so far apart: thousands of fixings may open one after the other. */
const APART_MS = 100

/** A schedule of nothing yet. */
export function createSchedule({ clock, signal, run }: ScheduleComponents, times: SyncTimes): Schedule {
  // A node that was restarted during a fixing has met its peers before it knew the fixing: hence the first at once.
  const afterMs = [0, ...times.afterMs].toSorted((a, b) => a - b)
  const opened = new Set<Hex>()
  /** By how many of their early syncs are done, if not all: when they opened, the oldest first, since all wait for the same syncs. */
  const young = afterMs.map(() => new Map<Hex, number>())
  let lastMs = -Infinity
  let alarm: { readonly atMs: number; readonly controller: AbortController } | undefined
  const ring = (nowMs: number): void => {
    alarm = undefined
    lastMs = nowMs
    let nextMs = lastMs + times.everyMs
    // Those that are due in a moment are served, too.
    for (const [done, waiting] of young.entries()) {
      for (const [id, atMs] of waiting) {
        const dueMs = atMs + (afterMs[done] ?? 0)
        if (dueMs > nowMs) {
          nextMs = Math.min(nextMs, Math.max(dueMs, lastMs + APART_MS))
          break
        }
        waiting.delete(id)
        young[done + 1]?.set(id, atMs)
      }
    }
    run()
    if (opened.size > 0) wake(nextMs)
  }
  const wake = (atMs: number): void => {
    if (alarm !== undefined && alarm.atMs <= atMs) return
    alarm?.controller.abort()
    if (signal.aborted) return
    const controller = new AbortController()
    alarm = { atMs, controller }
    clock.sleep(Math.max(0, atMs - clock.monotonicMs()), controller.signal).then(
      // A timer may be a little early.
      () => ring(Math.max(atMs, clock.monotonicMs())),
      // Stopped, or another is earlier.
      () => undefined,
    )
  }
  signal.addEventListener('abort', () => alarm?.controller.abort(), { once: true })
  return {
    open(fixingId) {
      if (opened.has(fixingId)) return
      opened.add(fixingId)
      const atMs = clock.monotonicMs()
      young[0]?.set(fixingId, atMs)
      wake(Math.max(atMs, lastMs + APART_MS))
    },
    close(fixingId) {
      for (const waiting of young) waiting.delete(fixingId)
      if (!opened.delete(fixingId) || opened.size > 0) return
      alarm?.controller.abort()
      alarm = undefined
    },
  }
}
