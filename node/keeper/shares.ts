import { isWithinBand } from '#protocol/distance.ts'
import { INVALID } from '#protocol/fixing.ts'
import type { Attestation } from '#client/attestation.ts'
import type { ChainPort, PassingRefusal } from '../chain/port.ts'
import type { Transactions } from '../chain/transactions.ts'
import type { Journal } from '../journal.ts'
import type { Intent } from '../store/intent-table.ts'
import type { KnownDue } from '../store/due-table.ts'

/** What claiming shares of the attesters' reward looks at. */
export type ShareView = KnownDue & {
  /** How long the next node of the owner waits for the one before. */
  readonly stageDelaySeconds: number
}

/** What claiming shares works with. */
export type ShareComponents = {
  readonly chain: Pick<ChainPort, 'claimRewards' | 'unpaid'>
  readonly transactions: Transactions
  readonly journal: Journal
}

/** Gas costs more by now than it brings, or than the account has. */
const DEAR: readonly string[] = ['Client.DearGasError', 'Client.PoorAccountError'] satisfies readonly PassingRefusal[]

/** What another time may change, too; whatever else the registry refuses it refuses for ever. */
const PASSING: readonly string[] = [
  'reverted on chain',
  'cancelled',
  'another transaction took its nonce',
  'halted by the operator',
] satisfies readonly PassingRefusal[]

/**
 * Claims what our co-signature earned its owner, and in the same transaction what the owner's other reporters earned. The
 * gas may cost no more than the shares are worth: until it does they are waited for ('dear'), and leave no trace. `now` is the
 * latest block's time. Throws DeadRpcError.
 */
export async function claimShares(
  { chain, transactions, journal }: ShareComponents,
  view: ShareView,
  now: bigint,
): Promise<'done' | 'waiting' | 'dear' | 'acted'> {
  const { fixingId, fixing, attestation } = view
  const share = shareOf(view)
  if (share === 0n) return 'done'
  if (isClaimed(transactions.of(fixingId))) return 'done'
  const earning = earningOf(view)
  // One node claims for all of the owner; the others step in one by one.
  if (now < view.settledTime + BigInt(earning.indexOf(view.place) * view.stageDelaySeconds)) return 'waiting'
  const nothing = { kind: 'stake', round: 0, amount: 0n } as const
  const plan = { ...nothing, fixingId, action: 'reward', value: attestation.value, at: now } as const
  const sent = await transactions.attempt(plan, async (terms) => {
    // The registry refuses to pay one share twice; of several it leaves out what was paid, for the gas of all.
    const unpaid = earning.length === 1 ? share : await chain.unpaid(fixing, attestation, earning)
    if (unpaid === 0n) return { kind: 'refused', reason: 'RewardAlreadyPaid' }
    return chain.claimRewards(fixing, attestation, earning, { ...terms, maxGasCost: unpaid ?? worthOf(view) })
  })
  if (sent.kind === 'later') return 'waiting'
  const said =
    sent.kind === 'done'
      ? { action: 'claim', reason: `Our co-signature earned ${share} wei for the owner.` }
      : { action: 'refused', reason: `A share of ${share} wei for our co-signature: ${sent.reason}.` }
  await journal.write({ stage: 'keep', fixingId, subject: 'reward', ...said })
  if (sent.kind === 'done') return 'acted'
  if (DEAR.includes(sent.reason)) return 'dear'
  return PASSING.includes(sent.reason) ? 'waiting' : 'done'
}

/** Whether a transaction of ours, of these of one fixing, has claimed its shares. */
export function isClaimed(intents: readonly Intent[]): boolean {
  return intents.some(({ action, state }) => action === 'reward' && state === 'done')
}

/** What our co-signature earned, wei. */
export function shareOf({ fixing, settlement, attestation, place, reward }: KnownDue): bigint {
  const isRight = settlement !== INVALID && isWithinBand(attestation.value, settlement, fixing.bandPpm)
  return isRight && hasSigned(attestation, place) ? reward / BigInt(attestation.count) : 0n
}

/** What one transaction claims of it at most, wei: the shares of all reporters of our reporter's owner. */
export function worthOf(due: KnownDue): bigint {
  return shareOf(due) * BigInt(earningOf(due).length)
}

function earningOf({ attestation, places }: KnownDue): readonly number[] {
  return places.filter((place) => hasSigned(attestation, place))
}

function hasSigned({ signers }: Attestation, place: number): boolean {
  return (signers >> BigInt(place)) % 2n === 1n
}
