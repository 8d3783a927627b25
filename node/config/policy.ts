import type { Address } from 'viem'
import { z } from 'zod'
import { DEFAULT_PARAMETERS } from '#protocol/fixing.ts'
import { sufficientCapital } from '#protocol/griefing.ts'
import { address, count, wei } from './fields.ts'

/** The table `policy`: what this node may put at risk, and for whom. */
export const POLICY = z.strictObject({
  /** The most this node puts into one pot. */
  per_pot_wei: wei.default(10n ** 17n),
  /**
   * The most this node has at stake in one fixing: bonds, contributions and appeals together. By default 5 d + F of a fixing
   * with the default terms and no open interest; below that, or with a smaller limit for a pot, it counts on others.
   */
  per_fixing_wei: wei.default(sufficientCapital(DEFAULT_PARAMETERS.minBond, DEFAULT_PARAMETERS.arbitrationFee)),
  /** The largest bond this node proposes with. */
  max_bond_wei: wei.default(10n ** 17n),
  /** The index's noise bound; unset = what the index document says. */
  noise_ppm: count(0, 50_000).optional(),
  /** Whom to trust with this node's money: it stakes only where both arbitrator and backup are among these. */
  arbitrators: z.array(address).max(64).default([]),
  /** The most that the gas of a proposal may cost beyond what the proposal brings. */
  max_gas_wei: wei.default(10n ** 16n),
  /** When to have a proposal co-signed: always, never, or when the share of the attesters' reward pays for its gas. */
  attest: z.enum(['always', 'paid', 'never']).default('paid'),
  /** When to take back what oracle and registry may still take: once a fixing is claimed, or never. */
  revoke: z.enum(['never', 'settled']).default('never'),
  /** How long the proposer of one rank waits for the one before, chain time. */
  stage_delay_seconds: count(1, 86_400).default(600),
})

/** The table as the node uses it; wei and chain seconds. */
export type PolicyLimits = {
  readonly perPotWei: bigint
  readonly perFixingWei: bigint
  readonly maxBondWei: bigint
  readonly noisePpm: number | undefined
  readonly arbitrators: readonly Address[]
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
    maxBondWei: policy.max_bond_wei,
    noisePpm: policy.noise_ppm,
    arbitrators: policy.arbitrators,
    maxGasWei: policy.max_gas_wei,
    attest: policy.attest,
    revoke: policy.revoke,
    stageDelaySeconds: policy.stage_delay_seconds,
  }
}
