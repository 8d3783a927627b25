import type { Target } from './reporter.ts'

const FIRST_PAUSE_MS = 500
const MINUTE_MS = 60_000
/** One part in so many: sources that are back are noticed after an eighth of the time that they were gone, at the latest. */
const PART_OF_AGE = 8
const LAST_PAUSE_MS = 3_600_000

/** What of a fixing says how often it is tried. */
export type Haste = Pick<Target, 'isPressing'> & { readonly fixing: Pick<Target['fixing'], 'maturity'> }

/**
 * How long is waited after so many tries that did not suffice, milliseconds: twice as long after each, a minute at most. From eight minutes after
 * the maturity on it may become an eighth of the time since, an hour at most, unless a deadline presses: an index that cannot be read
 * leaves hundreds of fixings open for weeks. `now` in Unix seconds.
 */
export function pauseAfter(tries: number, { fixing: { maturity }, isPressing }: Haste, now: bigint): number {
  const ageMs = Number(now - maturity) * 1_000
  const longest = isPressing ? MINUTE_MS : Math.max(MINUTE_MS, Math.min(ageMs / PART_OF_AGE, LAST_PAUSE_MS))
  return Math.min(FIRST_PAUSE_MS * 2 ** (tries - 1), longest)
}
