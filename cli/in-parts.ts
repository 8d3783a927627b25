/** How many are asked about at once: endpoints limit how much they answer. */
const AT_ONCE = 8

/** What `each` makes of every item, in their order, a few at a time; `onPart` is told how many of them are done. */
export async function inParts<T, R>(
  items: readonly T[],
  each: (item: T) => Promise<R>,
  onPart: (done: number, of: number) => void = () => undefined,
): Promise<R[]> {
  const results: R[] = []
  for (let at = 0; at < items.length; at += AT_ONCE) {
    results.push(...(await Promise.all(items.slice(at, at + AT_ONCE).map(each))))
    onPart(results.length, items.length)
  }
  return results
}
