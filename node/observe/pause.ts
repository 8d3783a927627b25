const FIRST_PAUSE_MS = 500
const LAST_PAUSE_MS = 60_000

/** How long is waited after so many tries that did not suffice, milliseconds: twice as long after each, a minute at most. */
export function pauseAfter(tries: number): number {
  return Math.min(FIRST_PAUSE_MS * 2 ** (tries - 1), LAST_PAUSE_MS)
}
