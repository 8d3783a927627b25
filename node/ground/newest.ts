/** Puts `value` at `key` as the newest entry, and forgets the oldest of more than `most`. */
export function putNewest<K, V>(entries: Map<K, V>, key: K, value: V, most: number): void {
  entries.delete(key)
  entries.set(key, value)
  forgetOldest(entries, most)
}

/** As {@link putNewest}, of values that are their own keys. */
export function addNewest<T>(values: Set<T>, value: T, most: number): void {
  values.delete(value)
  values.add(value)
  forgetOldest(values, most)
}

/** Maps and sets hold what came first first. */
function forgetOldest<K>(kept: Pick<Map<K, unknown>, 'size' | 'keys' | 'delete'>, most: number): void {
  if (kept.size <= most) return
  const oldest = kept.keys().next()
  if (oldest.done !== true) kept.delete(oldest.value)
}
