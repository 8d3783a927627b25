import { deadlineOf, type FixingSnapshot } from '#client/oracle-reader.ts'
import type { OwnReceipt } from './chain/ledger.ts'
import type { ChainPort } from './chain/port.ts'
import type { Transactions } from './chain/transactions.ts'
import type { Journal } from './journal.ts'

/** What to do about one receipt, and why. */
export type KeeperDecision = {
  readonly receipt: OwnReceipt
  readonly action: 'claim' | 'wait' | 'leave'
  readonly reason: string
}

/** What claiming works with. */
export type KeeperComponents = {
  readonly chain: Pick<ChainPort, 'claim'>
  readonly transactions: Transactions
  readonly journal: Journal
}

/** Claims what can be claimed. Returns 'done' when nothing of ours is left to wait for. Throws DeadRpcError. */
export async function claimOwn(
  { chain, transactions, journal }: KeeperComponents,
  snapshot: FixingSnapshot,
  own: readonly OwnReceipt[],
): Promise<'done' | 'waiting' | 'acted'> {
  const { id: fixingId, fixing } = snapshot
  let result: 'done' | 'waiting' | 'acted' = snapshot.phase === 'settled' ? 'done' : 'waiting'
  for (const { receipt, action, reason } of decideClaims(snapshot, own)) {
    const { kind, round, value } = receipt
    const name = `${kind} receipt of round ${round} on ${value}`
    if (action !== 'claim') {
      await journal.write({ stage: `keep ${name}`, fixingId, action, reason })
      continue
    }
    const plan = {
      fixingId,
      action,
      kind,
      round,
      value,
      amount: 0n,
      at: snapshot.atTime,
      deadline: deadlineOf(snapshot),
    } as const
    const sent = await transactions.attempt(plan, (terms) => chain.claim(fixing, { kind, round, value }, terms))
    if (sent.kind !== 'done' && result === 'done') result = 'waiting'
    if (sent.kind === 'later') continue
    if (sent.kind === 'done') result = 'acted'
    const said =
      sent.kind === 'done'
        ? { action: 'claim', reason: `${reason} Paid ${sent.moved} wei.` }
        : { action: 'refused', reason: `${reason} Refused: ${sent.reason}.` }
    await journal.write({ stage: `keep ${name}`, fixingId, ...said })
  }
  return result
}

/**
 * What each of our receipts is good for at the snapshot's block: an unfilled pot refunds as soon as it is not live; a
 * filled one pays after settlement if its value won, if nobody won, or on expiry. Claiming a losing one only costs gas.
 */
export function decideClaims(snapshot: FixingSnapshot, own: readonly OwnReceipt[]): KeeperDecision[] {
  return own.map((receipt) => ({ receipt, ...judge(snapshot, receipt) }))
}

function judge(snapshot: FixingSnapshot, receipt: OwnReceipt): Omit<KeeperDecision, 'receipt'> {
  if (!receipt.isFilled) {
    const isLive = snapshot.phase === 'active' && receipt.round === snapshot.facts.round
    if (isLive) return { action: 'wait', reason: 'The pot can still fill.' }
    return { action: 'claim', reason: 'The pot did not fill: it refunds.' }
  }
  if (snapshot.phase !== 'settled') return { action: 'wait', reason: 'The fixing is not settled.' }
  if (snapshot.outcome === 'expiry') return { action: 'claim', reason: 'The fixing expired: everything is refunded.' }
  if (snapshot.winner === undefined) return { action: 'claim', reason: 'Nobody won: every stake gets a share.' }
  if (receipt.value === snapshot.winner) return { action: 'claim', reason: 'The value won.' }
  return { action: 'leave', reason: 'The value lost: the receipt pays nothing.' }
}
