import { concat, keccak256 } from 'viem'
import { buildCourtArtifacts } from '../artifacts.ts'
import { type Campaign, type Kind, hashOfSources } from '../campaign.ts'
import { describeSteps } from '../describe.ts'
import type { Mismatch } from '../judge.ts'
import { fewestSteps } from '../minimise.ts'
import { type CourtArena, openCourtArena } from './arena.ts'
import { COURT_REQUIRED, CourtCoverage } from './coverage.ts'
import { claimsAt } from './claims.ts'
import { generate, openingOf } from './generate.ts'
import { PLANTED_COURTS, PLANTED_COURT_RULES } from './planted.ts'
import { judge, perform } from './replay.ts'
import { COURT_RULES } from './rules.ts'
import { CourtStage, termsOf } from './stage.ts'
import type { History } from './terms.ts'

/** Random histories of the arbitrators that are no juries, and of the fixings that come before them. */
export const COURTS: Kind = {
  plantedContracts: PLANTED_COURTS,
  async open(root) {
    return courtsCampaign(await openCourtArena(await buildCourtArtifacts(root === undefined ? {} : { root })))
  },
}

function courtsCampaign(arena: CourtArena): Campaign {
  const { artifacts, world } = arena
  return {
    noun: 'histories',
    contract: {
      name: 'arbitrators',
      address: termsOf(world, 0).address,
      bytecodeHash: keccak256(
        concat([artifacts.council, artifacts.erc792, artifacts.uma].map(({ bytecode }) => bytecode)),
      ),
    },
    modelHash: hashOfSources(['test/model/*.ts', 'test/model/courts/*.ts', 'test/contracts/model/*.sol']),
    required: COURT_REQUIRED,
    plantedRules: PLANTED_COURT_RULES.map(({ bug }) => bug),
    async run(seed) {
      const opening = openingOf(seed, world)
      const history = generate(opening, world, await claimsAt(arena, opening))
      const performed = await perform(arena, history)
      const mismatch = judge(arena, history, performed)
      return {
        seed,
        steps: history.steps.length,
        mismatch: mismatch && {
          what: mismatch.what,
          text: describe(arena, history, mismatch),
          shorten: () => shorten(arena, history, mismatch),
        },
        reached: () => coverageOf(arena, history),
        foundBy: (bug) => judge(arena, history, performed, PLANTED_COURT_RULES[bug]?.rules)?.what,
      }
    },
    stop: () => arena.stop(),
  }
}

async function shorten(arena: CourtArena, history: History, mismatch: Mismatch): Promise<string> {
  const fewest = await fewestSteps(history.steps, mismatch, async (steps) => {
    const shorter = { ...history, steps }
    return judge(arena, shorter, await perform(arena, shorter))
  })
  return describe(arena, { ...history, steps: fewest.steps }, fewest.mismatch)
}

function coverageOf({ world }: CourtArena, history: History): ReadonlyMap<string, number> {
  const stage = new CourtStage(world, history, COURT_RULES)
  const coverage = new CourtCoverage(stage)
  for (const step of history.steps) {
    coverage.before(step)
    coverage.after(step, stage.play(step))
  }
  return coverage.counts
}

/** A history and where it went wrong, for people. */
function describe({ world }: CourtArena, { seed, arbitrator, fixings, steps }: History, mismatch: Mismatch): string {
  const { kind, address } = termsOf(world, arbitrator)
  return describeSteps({ seed, about: `${kind} ${address}`, fixings, steps }, mismatch)
}
