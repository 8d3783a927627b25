import type { Address } from 'viem'
import type { FixingSnapshot } from '#client/oracle-reader.ts'

/** The two that rule, the one whose turn it is first: the other may be what anybody has made to look like a contract of ours. */
export function inTurn({
  fixing: { arbitrator, backup },
  currentArbitrator,
}: Pick<FixingSnapshot, 'fixing' | 'currentArbitrator'>): readonly [Address, Address] {
  return currentArbitrator === backup ? [backup, arbitrator] : [arbitrator, backup]
}
