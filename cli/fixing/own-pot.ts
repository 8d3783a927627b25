import type { Address } from 'viem'
import { readHoldings } from '#client/receipts.ts'
import type { Claim } from '#client/oracle-writer.ts'
import type { Connection } from '../chain/connection.ts'
import { RefusedError } from '../errors.ts'
import { formatAmount } from '../format.ts'
import type { FoundFixing } from './fixing-source.ts'

/** What `holder` has in one pot of a fixing, base units of the bond token. Throws DeadRpcError. */
export async function readOwnPot(
  { chain, oracle }: Connection,
  { view }: Pick<FoundFixing, 'view'>,
  pot: Claim,
  holder: Address,
): Promise<bigint> {
  const [own] = await readHoldings(chain, oracle, { id: view.snapshot.id, receipts: [pot] }, holder)
  return own?.amount ?? 0n
}

/** Says that more would be added to what is there; nothing to who has nothing in the pot. */
export function ownPotLines(own: bigint, { token }: Connection): string[] {
  return own === 0n ? [] : [`own       ${formatAmount(own, token)} of the account are in this pot already`]
}

/** Throws RefusedError if the account has more in the pot than `before`: the same was perhaps done by another command. */
export function requireSameOwn(
  before: bigint,
  now: bigint,
  { token, paste }: Connection,
  { view }: Pick<FoundFixing, 'view'>,
): void {
  if (now <= before) return
  throw new RefusedError(
    `Expected ${formatAmount(before, token)} of the account in this pot, got ${formatAmount(now, token)}: ` +
      `meanwhile ${formatAmount(now - before, token)} of it were staked by something else.`,
    `Nothing was sent. Look again: ${paste('fixing', 'show', view.snapshot.id)}`,
  )
}
