import type { Random } from '../model/random.ts'

/**
 * Whom each of `count` peers dials: its successor, so that the network is in one piece, and others at random, `dials` in all
 * or every other peer. Nobody is dialled twice by one peer, or by the one it has dialled.
 */
export function dialling(count: number, dials: number, random: Random): readonly (readonly number[])[] {
  const linked = new Set<number>()
  const link = (a: number, b: number): number => Math.min(a, b) * count + Math.max(a, b)
  const take = (from: number, to: number): boolean => {
    if (from === to || linked.has(link(from, to))) return false
    linked.add(link(from, to))
    return true
  }
  const all = Array.from({ length: count }, (_, i) => i)
  return all.map((from) => {
    const chosen = take(from, (from + 1) % count) ? [(from + 1) % count] : []
    for (const to of random.shuffle(all)) if (chosen.length < dials && take(from, to)) chosen.push(to)
    return chosen
  })
}
