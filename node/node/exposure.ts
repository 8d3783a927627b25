import type { Hex } from 'viem'
import { ledgerOf } from '../chain/ledger.ts'
import { atRisk, ownStake } from '../stake.ts'
import type { LoopState } from './loop.ts'
import type { Parts } from './parts.ts'
import { isSettled } from './tracked.ts'

/** What this node has at stake, or is about to, in all fixings that are not settled but `except`; wei. */
export function stakeElsewhere(
  { chain, watch, transactions, collateral }: Pick<Parts, 'chain' | 'watch' | 'transactions' | 'collateral'>,
  { tracked }: Pick<LoopState, 'tracked'>,
  except: Hex,
): bigint {
  let sum = collateral.upcoming(except)
  for (const one of tracked.values()) {
    if (one.id === except || isSettled(one)) continue
    const ledger = one.ledger ?? ledgerOf(watch.events(one.id), chain.account)
    sum += atRisk(ownStake(ledger, transactions.of(one.id)))
  }
  return sum
}

/**
 * What a proposal may still stake, wei, of `total` for everything: half of it is kept for disputes. Proposals cost whoever asks for
 * them nothing, so that somebody could otherwise have all of it proposed before he lies.
 */
export function proposalRoom(total: bigint, elsewhere: bigint): bigint {
  return total / 2n - elsewhere
}
