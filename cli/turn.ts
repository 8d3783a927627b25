import type { Address } from 'viem'
import type { FixingSnapshot } from '#client/oracle-reader.ts'

/** Who may rule on a fixing in arbitration, and the first second at which it cannot any more. */
export function arbitrationTurn({ fixing, facts, atTime }: FixingSnapshot): {
  readonly current: Address
  readonly end: bigint
} {
  const limit = BigInt(fixing.arbitrationLimit)
  const firstEnd = facts.arbitratedAt + limit
  return atTime < firstEnd
    ? { current: fixing.arbitrator, end: firstEnd }
    : { current: fixing.backup, end: firstEnd + limit }
}
