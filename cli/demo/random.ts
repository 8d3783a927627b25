/** Numbers in [0, 1) that a seed determines, the same on every machine. */
export type Random = () => number

/** A stream of its own for every `label`, so that what one part draws never shifts another's. mulberry32 by T. Ettinger. */
export function seededRandom(seed: number, label: string): Random {
  let state = hash(`${seed} ${label}`)
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

/** A draw from the normal distribution, mean 0, deviation 1 (Box and Muller). */
export function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let h = 0x811c9dc5
  for (const byte of new TextEncoder().encode(text)) h = Math.imul(h ^ byte, 0x01000193)
  return h
}
