import { createHash } from 'node:crypto'

/** `count` of the items, chosen by `seed` and their ids alone, in their order. */
export function sampleOf<Item extends { readonly id: string }>(
  items: readonly Item[],
  count: number,
  seed: number,
): readonly Item[] {
  const rank = ({ id }: Item): string => createHash('sha256').update(`${seed} ${id}`).digest('hex')
  const chosen = new Set(items.toSorted((a, b) => (rank(a) < rank(b) ? -1 : 1)).slice(0, count))
  return items.filter((item) => chosen.has(item))
}
