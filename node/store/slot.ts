import type { Address, Hex } from 'viem'
import { z } from 'zod'
import type { Fees } from '#client/fees.ts'
import type { Call } from '#client/send.ts'
import { ADDRESS, DECIMAL, HEX } from './row.ts'

/** One form in which a transaction was signed. */
export type Version = Fees & {
  readonly hash: Hex
  /** What is broadcast; undefined: not kept any more, or signed by an older version of the node. */
  readonly raw?: Hex | undefined
  /** The newest block's time when it was signed, Unix seconds. */
  readonly at: bigint
  /** Undefined: it does what the transaction is for. Else nothing but use the nonce up, and this is why. */
  readonly cancels?: string | undefined
}

/** A nonce of the account and everything that was signed with it, oldest first: one version at most is ever mined. */
export type Slot = {
  readonly nonce: number
  /** Whose nonce; undefined: signed by an older version of the node. */
  readonly from?: Address | undefined
  /** What it is for, with its gas limit; undefined: not kept any more, or signed by an older version of the node. */
  readonly call?: (Call & { readonly gas: bigint }) | undefined
  readonly versions: readonly Version[]
  /** The most that it may offer per gas, wei, beside what the operator allows. */
  readonly feeLimit?: bigint | undefined
}

const VERSION = z.object({
  hash: HEX,
  raw: HEX.optional(),
  maxFeePerGas: DECIMAL,
  maxPriorityFeePerGas: DECIMAL,
  at: DECIMAL,
  cancels: z.string().optional(),
})

/** A {@link Slot} in a row. */
export const SLOT = z.object({
  nonce: z.number(),
  from: ADDRESS.optional(),
  call: z.object({ name: z.string(), to: ADDRESS, data: HEX, value: DECIMAL.default(0n), gas: DECIMAL }).optional(),
  versions: z.array(VERSION),
  feeLimit: DECIMAL.optional(),
})
