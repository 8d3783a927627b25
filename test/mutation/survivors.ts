import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Mutant } from './mutant.ts'
import { ROOT } from './scratch.ts'

/** A mutant that no test can kill, or that none needs to, and why. */
export type Survivor = {
  readonly id: string
  /** `equivalent`: nothing that the contract shows differs. `accepted`: something does, and no rule says which is right. */
  readonly kind: 'equivalent' | 'accepted'
  readonly file: string
  readonly before: string
  readonly after: string
  readonly reason: string
}

/** The list in test/mutation/survivors.json. */
export function readSurvivors(): readonly Survivor[] {
  return JSON.parse(readFileSync(join(ROOT, 'test', 'mutation', 'survivors.json'), 'utf8')) as Survivor[] // ours, tested
}

/** What is wrong with the list: entries whose mutant is no more or is another, entries twice, entries without a reason. */
export function faultsInSurvivors(
  survivors: readonly Survivor[],
  mutants: readonly Mutant[],
  files: readonly string[],
): readonly string[] {
  const known = new Map(mutants.map((mutant) => [mutant.id, mutant]))
  return survivors
    .filter(({ file }) => files.includes(file))
    .flatMap(({ id, file, before, after, reason }, i) => {
      const mutant = known.get(id)
      const isSame = mutant !== undefined && mutant.before === before && mutant.after === after && mutant.file === file
      if (!isSame) return [`${id} in ${file} (${before} → ${after}) is no mutant any more`]
      if (survivors.findIndex((other) => other.id === id) !== survivors.findLastIndex((other) => other.id === id)) {
        return [`${id} is listed twice (${i})`]
      }
      return reason.length < 20 ? [`${id} has no reason`] : []
    })
}
