import { withdrawIdleCall } from '#client/jury-calls.ts'
import type { ChainPort, Head } from '../chain/port.ts'
import type { Transactions } from '../chain/transactions.ts'
import type { Journal } from '../journal.ts'
import type { KnownCase } from '../store/jury-table.ts'

/** What taking out works with. */
export type WithdrawComponents = {
  readonly chain: Pick<ChainPort, 'court'>
  readonly transactions: Transactions
  readonly journal: Journal
}

/** Takes out what the account has idle in the jury, for no more gas than that. Throws DeadRpcError. */
export async function takeOut(components: WithdrawComponents, known: KnownCase, head: Head): Promise<'done' | 'later'> {
  const { chain, transactions, journal } = components
  const isUnderWay = transactions.of(known.id).some(({ action, state }) => action === 'withdraw' && state === 'signed')
  const idle = isUnderWay ? 0n : await chain.court(known.jury).idle()
  if (idle === 0n) return isUnderWay ? 'later' : 'done'
  const nothing = { kind: 'stake', round: 0, value: 0n, amount: 0n } as const
  const plan = { ...nothing, fixingId: known.id, action: 'withdraw', at: head.time } as const
  const call = withdrawIdleCall(known.jury)
  const sent = await transactions.attempt(plan, (terms) =>
    chain.court(known.jury).send(call, { ...terms, maxGasCost: idle }),
  )
  if (sent.kind === 'later') return 'later'
  const [action, reason] =
    sent.kind === 'done'
      ? ['withdraw', `Took out ${idle} wei that were idle.`]
      : ['refused', `Refused: ${sent.reason}.`]
  await journal.write({ stage: 'juror', fixingId: known.id, action, reason })
  return 'done'
}
