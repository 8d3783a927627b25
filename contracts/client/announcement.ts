import type { Address, Hex } from 'viem'
import type { Fixing } from '#protocol/fixing.ts'
import type { Chain } from './chain.ts'
import { createdIn, type OracleEvent } from './fixing-log.ts'
import { isJury, openedCases } from './juror.ts'

/**
 * The parameters of fixing `id`, whose log `events` is: as it was created, else as its case was opened before one of the two that
 * rule, since a fixing can be judged that nobody created. Undefined if neither says them. Warning: those of a creation are what the
 * endpoint says; hash them. Throws MadeUpCaseError, DeadRpcError.
 */
export async function announcedFixing(
  chain: Chain,
  oracle: Address,
  id: Hex,
  events: readonly OracleEvent[],
): Promise<Fixing | undefined> {
  const [created] = createdIn(events)
  if (created !== undefined) return created.fixing
  for (const event of events) {
    if (event.eventName !== 'Arbitrated') continue
    for (const jury of [event.args.arbitrator, event.args.backup]) {
      if (!(await isJury(chain, jury))) continue
      const [opened] = await openedCases(chain, { jury, oracle }, { fromBlock: event.blockNumber }, id)
      if (opened !== undefined) return opened.fixing
    }
  }
  return undefined
}
