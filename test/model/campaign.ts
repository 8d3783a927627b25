import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Address, type Hex, keccak256, toHex } from 'viem'
import { ROOT } from './artifacts.ts'
import type { PlantedContract } from './planted-contracts.ts'

/** Random cases, one a seed, on which a contract is compared with its model. */
export type Campaign = {
  /** What a case is called, in the plural. */
  readonly noun: string
  readonly contract: { readonly name: string; readonly address: Address; readonly bytecodeHash: Hex }
  /** keccak256 of the sources of the model and of what generates the cases. */
  readonly modelHash: Hex
  /** Everything that a run of any worth must have reached. */
  readonly required: readonly string[]
  /** What is wrong with each model that has a bug planted in it. */
  readonly plantedRules: readonly string[]
  readonly run: (seed: number) => Promise<Case>
  readonly stop: () => Promise<void>
}

/** One case that was played on the contract. */
export type Case = {
  readonly seed: number
  readonly steps: number
  readonly mismatch: Found | undefined
  /** How often it reached what, by name. */
  reached(): ReadonlyMap<string, number>
  /** What a model with the planted bug of this number says differently from the contract; undefined if nothing. */
  foundBy(bug: number): string | undefined
}

/** Where model and contract part. */
export type Found = {
  readonly what: string
  /** For people: what differs, and every step up to there. */
  readonly text: string
  /** The same with as few steps as it takes; costs many replays. */
  shorten(): Promise<string>
}

/** A kind of campaign: how to begin one, and the bugs that it has to find in copies of the contract. */
export type Kind = {
  /** Begins a campaign on the contracts of the repository, or of a copy of it. */
  open(root?: string): Promise<Campaign>
  readonly plantedContracts: readonly PlantedContract[]
}

/** Cases under way at once: the chain works on one while the model works on another. */
const LOOKAHEAD = 3

/** Runs the seeds in [from, from + count), a few at a time, and gives each to `take`, which may end it by false. */
export async function inOrder<T>(
  run: (seed: number) => Promise<T>,
  { from, count }: { readonly from: number; readonly count: number },
  take: (result: T) => boolean,
): Promise<void> {
  const waiting: Promise<T>[] = []
  let next = from
  for (let done = 0; done < count; done += 1) {
    while (waiting.length < LOOKAHEAD && next < from + count) {
      waiting.push(run(next))
      next += 1
    }
    const first = waiting.shift()
    if (first !== undefined && !take(await first)) break
  }
  await Promise.allSettled(waiting)
}

/** keccak256 of all sources that `patterns` match, tests apart. */
export function hashOfSources(patterns: readonly string[]): Hex {
  const sources = globSync([...patterns], { cwd: ROOT })
  const own = sources.filter((path) => !path.endsWith('.test.ts')).toSorted()
  return keccak256(toHex(own.map((path) => readFileSync(join(ROOT, path), 'utf8')).join('\n')))
}
