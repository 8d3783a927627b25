import type { Clock } from '../clock.ts'

/** How long whoever asks waits at most, milliseconds: Prometheus gives a scrape ten seconds for everything in it. */
const PATIENCE_MS = 3_000

/** What a look found, and how long ago, milliseconds. */
export type Seen<T> = { readonly found: T; readonly ageMs: number }

/** When it is looked again, and what is said meanwhile. */
export type LookRules<T> = {
  /** For how long what was found is said again without a look, milliseconds. */
  readonly freshMs: number
  /** What is said while a look takes longer than 3 s; `last` is what was found last. */
  readonly overdue: (last: Seen<T> | undefined) => T
}

/**
 * Says what `look` finds. Of a look that takes longer than 3 s nobody waits for the end: it goes on, one at a time, and what it finds is
 * said to whoever asks after that. Rejects as `look` does.
 */
export function lastSeen<T>(
  clock: Pick<Clock, 'monotonicMs' | 'sleep'>,
  look: () => Promise<T>,
  { freshMs, overdue }: LookRules<T>,
): () => Promise<T> {
  let last: { readonly found: T; readonly atMs: number } | undefined
  let answer: Promise<() => T> | undefined
  const seen = (): Seen<T> | undefined =>
    last === undefined ? undefined : { found: last.found, ageMs: clock.monotonicMs() - last.atMs }
  const begin = async (): Promise<() => T> => {
    const patience = new AbortController()
    const looking = look()
      .then((found) => {
        last = { found, atMs: clock.monotonicMs() }
        return () => found
      })
      .finally(() => {
        answer = undefined
        patience.abort()
      })
    const bored = clock.sleep(PATIENCE_MS, patience.signal).then(
      () => () => overdue(seen()),
      () => looking,
    )
    return Promise.race([looking, bored])
  }
  return async () => {
    const known = seen()
    if (known !== undefined && known.ageMs < freshMs) return known.found
    answer ??= begin()
    return (await answer)()
  }
}
