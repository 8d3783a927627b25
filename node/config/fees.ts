import { z } from 'zod'
import { GWEI, gwei } from './fields.ts'

/** The table `fees`: what transactions offer at most. */
export const FEES = z.strictObject({
  max_fee_gwei: gwei
    .default(500n * GWEI)
    .describe('the most that a transaction offers per gas, base fee and tip together, gwei'),
  max_priority_gwei: gwei.default(10n * GWEI).describe('the most of it that goes to whoever mines it, gwei'),
})

/** The most that transactions offer, wei per gas. */
export type FeeLimits = { readonly maxFeePerGas: bigint; readonly maxPriorityFeePerGas: bigint }

/** The table as the node uses it. */
export function feesOf({ max_fee_gwei, max_priority_gwei }: z.output<typeof FEES>): FeeLimits {
  return { maxFeePerGas: max_fee_gwei, maxPriorityFeePerGas: max_priority_gwei }
}
