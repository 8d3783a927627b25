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

/** The account has none of them: they were handed on, which no log of a fixing tells, or claimed. */
const NONE_LEFT = 'NothingToClaim'

/**
 * Claims what can be claimed: of each receipt all that the account has. Returns 'done' when nothing of ours is left to wait for,
 * as the chain said last. Throws DeadRpcError.
 */
export async function claimOwn(
  { chain, transactions, journal }: KeeperComponents,
  snapshot: FixingSnapshot,
  own: readonly OwnReceipt[],
): Promise<'done' | 'waiting' | 'acted'> {
  const { id: fixingId, fixing } = snapshot
  let result: 'done' | 'waiting' | 'acted' = snapshot.phase === 'settled' ? 'done' : 'waiting'
  for (const { receipt, action, reason } of decideClaims(snapshot, own)) {
    const { kind, round, value } = receipt
    const subject = `${kind} of round ${round} on ${value}`
    const say = (what: string, why: string): Promise<void> =>
      journal.write({ stage: 'keep', fixingId, subject, action: what, reason: `${why} Receipt: ${subject}.` })
    if (action !== 'claim') {
      await say(action, reason)
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
    if (sent.kind === 'done') result = 'acted'
    else if (result === 'done' && (sent.kind === 'later' || sent.reason !== NONE_LEFT)) result = 'waiting'
    if (sent.kind === 'done') await say('claim', `${reason} Paid ${sent.moved} wei.`)
    else if (sent.kind === 'refused') await say('refused', `${reason} Refused: ${sent.reason}.`)
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
