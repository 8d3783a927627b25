import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildRegistryArtifacts } from '../artifacts.ts'
import { type RegistryArena, openRegistryArena } from './arena.ts'
import { PROTECTIONS } from './protections.ts'
import { REGISTRY_RULES, type RegistryRules } from './rules.ts'
import { type Part, type Searched, nothingSearched, partsOf, searchContract, searchModel } from './slashing-search.ts'

/** Every so many parts of the whole search are played on the contracts; `npm run search:slashing` plays all. */
const STRIDE = 66

let arena: RegistryArena

beforeAll(async () => {
  arena = await openRegistryArena(await buildRegistryArtifacts())
})

afterAll(() => arena.stop())

test('no fixing, court, timing or proof of an attacker slashes an honest reporter (R-405)', async () => {
  const searched = nothingSearched()
  const own = partsOf(arena).find((part) => isOwnCourt(part) && isLeastBand(part))
  const parts = partsOf(arena).filter((_, index) => index % STRIDE === 0)
  for (const part of own === undefined ? parts : [own, ...parts]) await searchContract(arena, part, searched)
  expect(searched.honestSlashed).toEqual([])
  expect(searched.cases).toBeGreaterThan(150)
  expect(searched.accusations).toBeGreaterThan(1_500)
  expect(searched.liarsSlashed).toBeGreaterThan(0)
})

test.each(PROTECTIONS)('without the rule that $what, the search finds a slashed honest reporter', ({ without }) => {
  expect(firstFound(without).honestSlashed).not.toEqual([])
})

test('where everybody is noisier than is safe by a part in 1e12, the search finds a slashed honest reporter', () => {
  expect(firstFound(REGISTRY_RULES, 1n).honestSlashed).not.toEqual([])
})

/** The search on the model, parts with the registry's own court and least band first, until it finds something. */
function firstFound(rules: RegistryRules, noiseOver = 0n): Searched {
  const searched = nothingSearched()
  const parts = partsOf(arena, noiseOver)
  const own = parts.filter((part) => isOwnCourt(part) && isLeastBand(part))
  const others = parts.filter((part) => !own.includes(part))
  for (const part of [...own, ...others]) {
    searchModel(arena, part, rules, searched)
    if (searched.honestSlashed.length > 0) break
  }
  return searched
}

function isOwnCourt({ registry, cases }: Part): boolean {
  const { arbitrator, backup } = cases[0]?.fixing ?? {}
  const deployed = arena.world.registries[registry]
  return arbitrator === deployed?.arbitrator && backup === deployed?.backup
}

function isLeastBand({ registry, cases }: Part): boolean {
  return cases[0]?.fixing.bandPpm === arena.world.registries[registry]?.minBandPpm
}
