import type { Address } from 'viem'
import { z } from 'zod'
import { address } from '#protocol/address.ts'
import { DEFAULT_PARAMETERS } from '#protocol/fixing.ts'
import { sufficientCapital } from '#protocol/griefing.ts'
import { count, wei } from './fields.ts'

/** The table `policy`: what this node may put at risk, and for whom. */
export const POLICY = z
  .strictObject({
    per_pot_wei: wei.default(10n ** 17n).describe('the most this node puts into one pot'),
    // By default 5 d + F of a fixing with the default terms and no open interest; below that, or with a smaller limit for a pot, it
    // counts on others.
    per_fixing_wei: wei
      .default(sufficientCapital(DEFAULT_PARAMETERS.minBond, DEFAULT_PARAMETERS.arbitrationFee))
      .describe('the most this node has at stake in one fixing: bonds, contributions and appeals together'),
    total_wei: wei
      .optional()
      .describe(
        'the most this node has at stake in all fixings that are not settled (default: ten times policy.per_fixing_wei)',
      ),
    max_bond_wei: wei.default(10n ** 17n).describe('the largest bond this node proposes with'),
    noise_ppm: count(0, 50_000).optional().describe("the index's noise bound (default: what the index document says)"),
    spare_sources: count(0, 64)
      .default(0)
      .describe(
        "how many sources more than the index's minimum the own observation must have had, in every candle, before this node proposes, disputes or attests on it",
      ),
    max_spread_ppm: count(0, 1_000_000)
      .optional()
      .describe(
        'how far apart two sources of one candle may have been, of its median, before it does not (default: however far)',
      ),
    arbitrators: z
      .array(address)
      .max(64)
      .default([])
      .describe(
        "whom to trust with this node's money: it stakes only where both arbitrator and backup are among these",
      ),
    observe: z
      .enum(['all', 'trusted'])
      .default('all')
      .describe(
        'for which fixings it observes and signs: all of the indices that it holds, or where it trusts both arbitrator and backup',
      ),
    max_gas_wei: wei
      .default(10n ** 16n)
      .describe('the most that the gas of a proposal may cost beyond what the proposal brings'),
    attest: z
      .enum(['always', 'paid', 'never'])
      .default('paid')
      .describe(
        "when to have a proposal co-signed: always, never, or when the share of the attesters' reward pays for its gas",
      ),
    revoke: z
      .enum(['never', 'settled'])
      .default('never')
      .describe('when to take back what oracle and registry may still take: once a fixing is claimed, or never'),
    stage_delay_seconds: count(1, 86_400)
      .default(600)
      .describe('how long the proposer of one rank waits for the one before, chain time'),
  })
  .refine(({ observe, arbitrators }) => observe === 'all' || arbitrators.length > 0, {
    path: ['arbitrators'],
    error: 'one at least where policy.observe is "trusted"',
  })

/** For so many disputes at once a node has stake unless it is told otherwise. */
const FIXINGS_AT_ONCE = 10n

/** The table as the node uses it; wei and chain seconds. */
export type PolicyLimits = {
  readonly perPotWei: bigint
  readonly perFixingWei: bigint
  readonly totalWei: bigint
  readonly maxBondWei: bigint
  readonly noisePpm: number | undefined
  readonly spareSources: number
  readonly maxSpreadPpm: number | undefined
  readonly arbitrators: readonly Address[]
  readonly observe: 'all' | 'trusted'
  readonly maxGasWei: bigint
  readonly attest: 'always' | 'paid' | 'never'
  readonly revoke: 'never' | 'settled'
  readonly stageDelaySeconds: number
}

/** The table as the node uses it. */
export function policyOf(policy: z.output<typeof POLICY>): PolicyLimits {
  return {
    perPotWei: policy.per_pot_wei,
    perFixingWei: policy.per_fixing_wei,
    totalWei: policy.total_wei ?? FIXINGS_AT_ONCE * policy.per_fixing_wei,
    maxBondWei: policy.max_bond_wei,
    noisePpm: policy.noise_ppm,
    spareSources: policy.spare_sources,
    maxSpreadPpm: policy.max_spread_ppm,
    arbitrators: policy.arbitrators,
    observe: policy.observe,
    maxGasWei: policy.max_gas_wei,
    attest: policy.attest,
    revoke: policy.revoke,
    stageDelaySeconds: policy.stage_delay_seconds,
  }
}
