import type { Clock } from '../clock.ts'
import type { GuardMemory } from '../guard.ts'

/** How much a signer remembers for whoever asks. */
export type MemoryRules = {
  /** Observations and reports that it had not signed before, in a day. */
  readonly maxNewPerDay: number
  /** What its disk keeps free, bytes: below that nothing new is signed. */
  readonly leastFree: number
}

/** A thousand fixings a day with fifty proposers each: thirty megabytes. Nobody signs as much; whoever has a stolen token might. */
export const DEFAULT_MEMORY_RULES: MemoryRules = { maxNewPerDay: 50_000, leastFree: 256 * 1_048_576 }

/** What counting is done with; `freeBytes` at once, since nothing may come between the question and the record. */
export type BoundComponents = {
  readonly clock: Pick<Clock, 'monotonicMs'>
  readonly freeBytes: () => number
}

const DAY_MS = 86_400_000

/**
 * The memory, which takes only so much: what is signed once is remembered for ever, so that whoever has the token could fill the disk,
 * and a full disk signs nothing at all. What it remembers it goes on signing. `record` rejects with {@link TooManySignedError},
 * {@link DiskNearlyFullError}, and nothing is remembered then.
 */
export function boundMemory(
  memory: GuardMemory,
  { maxNewPerDay, leastFree }: MemoryRules,
  { clock, freeBytes }: BoundComponents,
): GuardMemory {
  let day = { sinceMs: clock.monotonicMs(), count: 0 }
  return {
    digestOf: (subject) => memory.digestOf(subject),
    // INVARIANT: nothing is waited for before the memory itself is told: a second digest would not meet the first.
    async record(entry) {
      const nowMs = clock.monotonicMs()
      if (nowMs - day.sinceMs >= DAY_MS) day = { sinceMs: nowMs, count: 0 }
      if (day.count >= maxNewPerDay) throw new TooManySignedError(maxNewPerDay)
      const free = freeBytes()
      if (free < leastFree) throw new DiskNearlyFullError(free, leastFree)
      day.count += 1
      await memory.record(entry)
    },
  }
}

/** More was asked to be signed than nodes need: somebody else may have the token. */
export class TooManySignedError extends Error {
  override readonly name = 'Sign.TooManySignedError'
  constructor(most: number) {
    super(
      `Expected at most ${most} new observations and reports in a day, got another. If they are of your nodes, raise --max-new-per-day; ` +
        'if not, somebody has the token: change it.',
    )
  }
}

/** What is signed has to be remembered, and there is hardly room for it. */
export class DiskNearlyFullError extends Error {
  override readonly name = 'Sign.DiskNearlyFullError'
  constructor(free: number, least: number) {
    super(`Expected ${least} bytes free in --data-dir, got ${free}: nothing new is signed. Free space.`)
  }
}
