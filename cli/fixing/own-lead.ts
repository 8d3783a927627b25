import type { Address } from 'viem'
import { type Holding, readHoldings, receiptsOf } from '#client/receipts.ts'
import { isInstalled } from '#client/worth.ts'
import type { Connection } from '../chain/connection.ts'
import type { FoundFixing } from './fixing-source.ts'
import { formatAmount, formatIndexValue } from '../format.ts'

/** What `holder` has at stake on the value that leads an active fixing, base units. Throws DeadRpcError. */
export async function readOwnLead(
  { chain, oracle }: Connection,
  { events, view }: FoundFixing,
  holder: Address,
): Promise<bigint> {
  const { id } = view.snapshot
  return ownLead({ events, view }, await readHoldings(chain, oracle, { id, receipts: receiptsOf(events, id) }, holder))
}

/** What of `holdings` is stake on the leader; pots for it that did not fill are no stake. */
export function ownLead({ events, view }: Pick<FoundFixing, 'events' | 'view'>, holdings: readonly Holding[]): bigint {
  const { id, facts, phase } = view.snapshot
  if (phase !== 'active') return 0n
  return holdings
    .filter((held) => held.kind === 'stake' && held.value === facts.leader && isInstalled(held, id, events))
    .reduce((sum, { amount }) => sum + amount, 0n)
}

/** Says that a dispute would be a bet against oneself; nothing to who has no stake on the leader. */
export function ownLeadLines(own: bigint, { token }: Connection, { view }: Pick<FoundFixing, 'view'>): string[] {
  if (own === 0n) return []
  const leader = formatIndexValue(view.snapshot.facts.leader, 18)
  return [
    `own       ${formatAmount(own, token)} of the account stand on ${leader}, which leads: a dispute bets against them`,
  ]
}
