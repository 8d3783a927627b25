import { fc } from '@fast-check/vitest'

/** Every possible order of leaders up to `most` rounds: a new candidate, or an old one that does not lead. */
export function histories(most: number): fc.Arbitrary<number[]> {
  return fc.array(fc.nat(), { minLength: 0, maxLength: most - 1 }).map((picks) => {
    const leaders = [0]
    for (const pick of picks) {
      const choices = Array.from({ length: Math.max(...leaders) + 2 }, (_, i) => i).filter((i) => i !== leaders.at(-1))
      leaders.push(choices[pick % choices.length] ?? 0)
    }
    return leaders
  })
}
