import type { Hex } from 'viem'
import { VOTE_GAS } from '#client/jury-calls.ts'
import { ledgerOf } from '../chain/ledger.ts'
import { atRisk, ownStake } from '../stake.ts'
import type { LoopState } from './loop.ts'
import type { Parts } from './parts.ts'
import { isSettled, type Tracked } from './tracked.ts'

/**
 * What this node has at stake, or is about to, in all fixings that are not settled but `except`; wei. Of those whose logs are not
 * read yet, or whose documents are not held, all that its transactions have put in and not taken out, unless they were seen settled.
 */
export function stakeElsewhere(
  { chain, watch, transactions, collateral }: Pick<Parts, 'chain' | 'watch' | 'transactions' | 'collateral'>,
  { tracked, unread, unheld }: Pick<LoopState, 'tracked' | 'unread' | 'unheld'>,
  except: Hex,
): bigint {
  let sum = collateral.upcoming(except)
  for (const [id, one] of [...unread, ...unheld]) {
    if (id !== except && !one.isSettled && !tracked.has(id)) sum += stakeUntracked({ chain, transactions }, id)
  }
  for (const one of tracked.values()) {
    if (one.id === except || isSettled(one)) continue
    sum += stakeIn({ chain, watch, transactions }, one)
  }
  return sum
}

/** What this node has in a fixing, as far as its log was read, and all that its transactions have put in and not taken out; wei. */
export function stakeIn(
  { chain, watch, transactions }: Pick<Parts, 'chain' | 'watch' | 'transactions'>,
  { id, ledger }: Pick<Tracked, 'id' | 'ledger'>,
): bigint {
  return atRisk(ownStake(ledger ?? ledgerOf(watch.events(id), chain.account), transactions.of(id)))
}

/** What this node's transactions have put into a fixing and not taken out, as far as is known without its log; wei. */
export function stakeUntracked({ chain, transactions }: Pick<Parts, 'chain' | 'transactions'>, id: Hex): bigint {
  return atRisk(ownStake(ledgerOf([], chain.account), transactions.of(id)))
}

/** So many times what votes cost now is kept for them: gas may be dearer when they are due. */
const VOTES_KEPT = 2n

/**
 * What the account can stake, wei: what the seats that this node votes for still have to commit and reveal is kept back, since a stake
 * in a jury is lost without it. Nothing, until each of its juries was looked at since the start; undefined while it cannot be told what
 * its last transaction left. Throws DeadRpcError.
 */
export async function spendable({
  chain,
  juror,
  collateral,
}: Pick<Parts, 'chain' | 'juror' | 'collateral'>): Promise<bigint | undefined> {
  const { toSend, unseen } = juror.view()
  return unseen > 0 ? 0n : chain.spendable(VOTES_KEPT * VOTE_GAS * BigInt(toSend), collateral.lastBlock())
}

/**
 * What a proposal may still stake, wei, of `total` for everything: half of it is kept for disputes. Proposals cost whoever asks for
 * them nothing, so that somebody could otherwise have all of it proposed before he lies.
 */
export function proposalRoom(total: bigint, elsewhere: bigint): bigint {
  return total / 2n - elsewhere
}
