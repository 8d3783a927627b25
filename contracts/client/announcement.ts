import type { Address, Hex } from 'viem'
import type { Fixing } from '#protocol/fixing.ts'
import type { Chain } from './chain.ts'
import { createdIn, type OracleEvent } from './fixing-log.ts'
import { isJury, openedFixing } from './juror.ts'

/**
 * The parameters of fixing `id`, whose log `events` is: as it was created, else as its case was opened before one of the two that
 * rule, since a fixing can be judged that nobody created. `jury`, if it is one of the two, is asked first. Undefined if neither says
 * them. Warning: those of a creation are what the endpoint says; hash them. Throws MadeUpCaseError, DeadRpcError, and what else the
 * log of one of the two is refused with, but only if the other does not say them.
 */
export async function announcedFixing(
  chain: Chain,
  oracle: Address,
  id: Hex,
  events: readonly OracleEvent[],
  jury?: Address,
): Promise<Fixing | undefined> {
  const [created] = createdIn(events)
  if (created !== undefined) return created.fixing
  // Whoever asked for the ruling chose the two: one of them may be made to keep from being read what the other says.
  let failure: unknown
  for (const event of events) {
    if (event.eventName !== 'Arbitrated') continue
    const { arbitrator, backup } = event.args
    for (const one of jury === backup ? [backup, arbitrator] : [arbitrator, backup]) {
      try {
        if (!(await isJury(chain, one))) continue
        const opened = await openedFixing(chain, { jury: one, oracle }, { fromBlock: event.blockNumber }, id)
        if (opened !== undefined) return opened
      } catch (error) {
        failure ??= error
      }
    }
  }
  if (failure !== undefined) throw failure
  return undefined
}
