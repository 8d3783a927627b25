import { keccak256 } from 'viem'
import { buildRegistryArtifacts } from '../artifacts.ts'
import { type Campaign, type Kind, hashOfSources } from '../campaign.ts'
import { describeSteps } from '../describe.ts'
import type { Mismatch } from '../judge.ts'
import { fewestSteps } from '../minimise.ts'
import { type RegistryArena, openRegistryArena } from './arena.ts'
import { RegistryCoverage } from './coverage.ts'
import { generate } from './generate.ts'
import { type History, RegistryStage } from './history.ts'
import { judge } from './judge.ts'
import { PLANTED_REGISTRIES } from './planted-registries.ts'
import { PLANTED_REGISTRY_RULES } from './planted-rules.ts'
import { REGISTRY_REQUIRED } from './required.ts'
import { REGISTRY_RULES } from './rules.ts'
import { perform } from './scenes.ts'

/** Random histories of reporters and of the fixings that they report. */
export const REGISTRY: Kind = {
  plantedContracts: PLANTED_REGISTRIES,
  async open(root) {
    return registryCampaign(await openRegistryArena(await buildRegistryArtifacts(root === undefined ? {} : { root })))
  },
}

function registryCampaign(arena: RegistryArena): Campaign {
  const { artifacts, world } = arena
  const [first] = world.registries
  return {
    noun: 'histories',
    contract: {
      name: 'registry',
      address: first?.address ?? world.sink,
      bytecodeHash: keccak256(artifacts.registry.bytecode),
    },
    modelHash: hashOfSources(['test/model/*.ts', 'test/model/registry/*.ts', 'test/contracts/model/*.sol']),
    required: REGISTRY_REQUIRED,
    plantedRules: PLANTED_REGISTRY_RULES.map(({ bug }) => bug),
    async run(seed) {
      const history = generate(seed, world)
      const performed = await perform(arena, history)
      const mismatch = judge(arena, history, performed)
      return {
        seed,
        steps: history.steps.length,
        mismatch: mismatch && {
          what: mismatch.what,
          text: describe(history, mismatch),
          shorten: () => shorten(arena, history, mismatch),
        },
        reached: () => coverageOf(arena, history),
        foundBy: (bug) => judge(arena, history, performed, PLANTED_REGISTRY_RULES[bug]?.rules)?.what,
      }
    },
    stop: () => arena.stop(),
  }
}

async function shorten(arena: RegistryArena, history: History, mismatch: Mismatch): Promise<string> {
  const fewest = await fewestSteps(history.steps, mismatch, async (steps) => {
    const shorter = { ...history, steps }
    return judge(arena, shorter, await perform(arena, shorter))
  })
  return describe({ ...history, steps: fewest.steps }, fewest.mismatch)
}

function coverageOf({ world }: RegistryArena, history: History): ReadonlyMap<string, number> {
  const stage = new RegistryStage(world, history, REGISTRY_RULES)
  const coverage = new RegistryCoverage(stage, history)
  for (const step of history.steps) {
    coverage.before(step)
    coverage.after(step, stage.play(step))
  }
  return coverage.counts
}

/** A history and where it went wrong, for people. */
function describe({ seed, registry, fixings, steps }: History, mismatch: Mismatch): string {
  return describeSteps({ seed, about: `registry ${registry}`, fixings, steps }, mismatch)
}
