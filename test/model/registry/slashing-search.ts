import { keccak256, toHex } from 'viem'
import type { RegistryStep } from './action.ts'
import type { RegistryArena } from './arena.ts'
import { type History, RegistryStage } from './history.ts'
import { REGISTRY_RULES, type RegistryRules } from './rules.ts'
import { act } from './scenes.ts'
import { LIVES, type Life, type Script, storyOf } from './slashing-story.ts'
import { type SlashingCase, bandsOf, courtsOf, fixingOf, noiseOf, noisy, pairsOf, waysOf } from './slashing-cases.ts'

/** What a search went through, and what it found. */
export type Searched = {
  /** Fixings with one court, band, way to settle, honest value and ruling, in one life of the honest reporters. */
  cases: number
  /** Calls that accused an honest reporter, or tried to take its place. */
  accusations: number
  /** Accusations that slashed somebody dishonest: the search does reach what it looks for. */
  liarsSlashed: number
  /** What slashed an honest reporter, for people. */
  readonly honestSlashed: string[]
}

/** One part of the search: all ways to settle fixings of one court and one band, with one honest value. */
export type Part = {
  readonly registry: number
  readonly life: Life
  readonly cases: readonly SlashingCase[]
}

const SLASHED = keccak256(toHex('Slashed(uint8,bytes32,address,uint128,uint128)'))

/**
 * The parts of the whole search: every court and band in the plain life, the registry's own court in every life. With
 * `noiseOver` (parts in 1e12) everybody honest is that much noisier than is safe.
 */
export function partsOf({ world }: Pick<RegistryArena, 'world'>, noiseOver = 0n): Part[] {
  return world.registries.flatMap((deployed, registry) => {
    const courts = courtsOf(world, deployed)
    const noise = noiseOf(deployed) + noiseOver
    return LIVES.flatMap((life) => {
      const isPlain = life === 'stays'
      const pairs = isPlain ? pairsOf(courts) : [courts.own, [courts.own[0], courts.hostile[1]] as const]
      const bands = isPlain ? bandsOf(deployed) : [deployed.minBandPpm]
      return pairs.flatMap((pair) =>
        bands.flatMap((bandPpm) =>
          noisy(noise).map((value): Part => {
            const cases = waysOf(courts, pair, noise).map((way, number): SlashingCase => {
              return { fixing: fixingOf(number, 0n, pair, bandPpm), value, way }
            })
            return { registry, life, cases }
          }),
        ),
      )
    })
  })
}

/** Plays a part on the real contracts, with every accusation, and adds what it found to `searched`. */
export async function searchContract(arena: RegistryArena, part: Part, searched: Searched): Promise<void> {
  const script = storyOf(arena.world, part, REGISTRY_RULES)
  const results = await act(arena, script.history)
  const stage = new RegistryStage(arena.world, script.history, REGISTRY_RULES)
  for (const [at, step] of script.history.steps.entries()) {
    const logs = results[at]?.success === true ? (results[at]?.logs ?? []) : []
    const indices = logs.filter(({ topics }) => topics[0] === SLASHED).map(({ topics }) => Number(topics[1]))
    note(arena, stage, script, at, indices, searched)
    stage.play(step)
  }
  searched.cases += part.cases.length
}

/** The same on the model alone, with `rules` that may lack a protection. */
export function searchModel(
  arena: Pick<RegistryArena, 'world'>,
  part: Part,
  rules: RegistryRules,
  searched: Searched,
): void {
  const script = storyOf(arena.world, part, rules)
  const stage = new RegistryStage(arena.world, script.history, rules)
  for (const [at, step] of script.history.steps.entries()) {
    const before = new Map(stage.registry.membership.members.map((member, index) => [index, member?.owner]))
    const result = stage.play(step)
    const events = result?.ok === true ? result.events.filter(({ name }) => name === 'Slashed') : []
    const owners = events.map(({ args }) => before.get(Number(args[0])))
    count(arena.world, script, at, owners, searched)
  }
  searched.cases += part.cases.length
}

function note(
  { world }: RegistryArena,
  stage: RegistryStage,
  script: Script,
  at: number,
  indices: readonly number[],
  searched: Searched,
): void {
  const owners = indices.map((index) => stage.registry.membership.members[index]?.owner)
  count(world, script, at, owners, searched)
}

function count(
  world: RegistryArena['world'],
  { history, accusations }: Script,
  at: number,
  owners: readonly (string | undefined)[],
  searched: Searched,
): void {
  const [honest] = world.owners
  if (accusations.has(at)) searched.accusations += 1
  for (const owner of owners) {
    if (owner !== honest) searched.liarsSlashed += 1
    else searched.honestSlashed.push(storyText(history, history.steps[at], accusations.get(at)))
  }
}

function storyText({ registry }: History, step: RegistryStep | undefined, what: string | undefined): string {
  const action = step?.action
  const index = action !== undefined && 'fixing' in action ? ` in fixing ${action.fixing}` : ''
  return `${what ?? 'slashed'}${index} of registry ${registry}`
}

/** The beginning of a search. */
export function nothingSearched(): Searched {
  return { cases: 0, accusations: 0, liarsSlashed: 0, honestSlashed: [] }
}
