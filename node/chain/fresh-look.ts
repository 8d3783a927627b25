/**
 * Has `look` done one at a time, by any number of callers: each waits for one that begins after its call, so that it sees what the
 * caller has seen.
 */
export function freshLooks(look: () => Promise<void>): () => Promise<void> {
  let current: Promise<void> | undefined
  /** The one after the one that is under way. */
  let next: Promise<void> | undefined
  const begin = (): Promise<void> => {
    current = look().finally(() => {
      current = undefined
    })
    return current
  }
  return () => {
    if (current === undefined) return begin()
    // That one may have passed already what has changed since.
    next ??= current
      .catch(() => undefined)
      .then(() => {
        next = undefined
        return current ?? begin()
      })
    return next
  }
}
