import type { Address } from 'viem'
import { z } from 'zod'
import { address } from '#protocol/address.ts'
import { flag } from './fields.ts'

/** The table `juror`: in which juries this node votes. */
export const JUROR = z.strictObject({
  juries: z
    .array(address)
    .max(8)
    .default([])
    .describe('juries in which its account has stakes, or one of juror.for has'),
  for: z
    .array(address)
    .max(64)
    .default([])
    .describe(
      "accounts that named this node's their voter, and for which it shall vote: anybody can name it, and its gas is its own",
    ),
  clerk: flag
    .default(true)
    .describe('open, draw and resolve cases too, in its turn, where the fee and policy.max_gas_wei pay for the gas'),
})

/** The table as the node uses it. */
export type JurorLimits = {
  readonly juries: readonly Address[]
  readonly principals: readonly Address[]
  readonly isClerk: boolean
}

/** The table as the node uses it. */
export function jurorOf({ juries, clerk, for: principals }: z.output<typeof JUROR>): JurorLimits {
  return { juries: [...new Set(juries)], principals: [...new Set(principals)], isClerk: clerk }
}
