import { keccak256 } from 'viem'
import { type Arena, openArena } from './arena.ts'
import { buildArtifacts } from './artifacts.ts'
import { type Campaign, type Kind, hashOfSources } from './campaign.ts'
import { describeMismatch } from './describe.ts'
import { judge } from './judge.ts'
import { minimise } from './minimise.ts'
import { PLANTED_CONTRACTS } from './planted-contracts.ts'
import { PLANTED_RULES } from './planted-rules.ts'
import { coverageOf, replay } from './replay.ts'
import { REQUIRED } from './required.ts'

/** Random games of the dispute. */
export const DISPUTE: Kind = {
  plantedContracts: PLANTED_CONTRACTS,
  async open(root) {
    return disputeCampaign(await openArena(await buildArtifacts(root === undefined ? {} : { root })))
  },
}

export function disputeCampaign(arena: Arena): Campaign {
  return {
    noun: 'games',
    contract: {
      name: 'oracle',
      address: arena.world.oracle,
      bytecodeHash: keccak256(arena.artifacts.oracle.bytecode),
    },
    modelHash: hashOfSources(['test/model/*.ts', 'test/contracts/model/*.sol']),
    required: REQUIRED,
    plantedRules: PLANTED_RULES.map(({ bug }) => bug),
    async run(seed) {
      const { game, performed, mismatch } = await replay(arena, seed)
      return {
        seed,
        steps: game.steps.length,
        mismatch: mismatch && {
          what: mismatch.what,
          text: describeMismatch(game, mismatch),
          async shorten() {
            const shorter = await minimise(arena, game, mismatch)
            return describeMismatch(shorter.game, shorter.mismatch)
          },
        },
        reached: () => coverageOf(arena, game),
        foundBy: (bug) => judge(arena, game, performed, PLANTED_RULES[bug]?.rules)?.what,
      }
    },
    stop: () => arena.stop(),
  }
}
