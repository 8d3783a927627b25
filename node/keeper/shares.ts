import type { Hex } from 'viem'
import type { Attestation } from '#client/attestation.ts'
import { isWithinBand } from '#protocol/distance.ts'
import { type Fixing, INVALID } from '#protocol/fixing.ts'
import type { ChainPort, PassingRefusal } from '../chain/port.ts'
import type { Transactions } from '../chain/transactions.ts'
import type { Journal } from '../journal.ts'

/** What claiming shares of the attesters' reward looks at; none of it changes once the fixing is settled. */
export type ShareView = {
  readonly fixingId: Hex
  readonly fixing: Fixing
  readonly settlement: bigint
  /** When the fixing was first seen settled, Unix seconds. */
  readonly settledTime: bigint
  /** What attests the fixing; undefined for nothing. */
  readonly attestation: Attestation | undefined
  /** Our reporter's place in the roster. */
  readonly place: number
  /** The places of all reporters of our reporter's owner, ascending. */
  readonly places: readonly number[]
  /** What all attesters share, wei. */
  readonly reward: bigint
  /** The block that announced the fixing. */
  readonly block: bigint
  /** How long the next node of the owner waits for the one before. */
  readonly stageDelaySeconds: number
}

/** What claiming shares works with. */
export type ShareComponents = {
  readonly chain: Pick<ChainPort, 'claimRewards' | 'rewardsPaid'>
  readonly transactions: Transactions
  readonly journal: Journal
}

/** What another time may change; whatever else the registry refuses it refuses for ever. */
const PASSING: readonly string[] = [
  'Client.DearGasError',
  'Client.PoorAccountError',
  'reverted on chain',
  'cancelled',
  'another transaction took its nonce',
  'halted by the operator',
] satisfies readonly PassingRefusal[]

/**
 * Claims what our co-signature earned its owner, and in the same transaction what the owner's other reporters earned. The
 * gas may cost no more than the shares are worth: until it does they are waited for, and leave no trace. `now` is the
 * latest block's time. Throws DeadRpcError.
 */
export async function claimShares(
  { chain, transactions, journal }: ShareComponents,
  view: ShareView,
  now: bigint,
): Promise<'done' | 'waiting' | 'acted'> {
  const { fixingId, fixing, attestation, block } = view
  const share = shareOf(view)
  if (attestation === undefined || share === 0n) return 'done'
  if (transactions.of(fixingId).some(({ action, state }) => action === 'reward' && state === 'done')) return 'done'
  const earning = earningOf(view)
  // One node claims for all of the owner; the others step in one by one.
  if (now < view.settledTime + BigInt(earning.indexOf(view.place) * view.stageDelaySeconds)) return 'waiting'
  const nothing = { kind: 'stake', round: 0, amount: 0n } as const
  const plan = { ...nothing, fixingId, action: 'reward', value: attestation.value, at: now } as const
  const sent = await transactions.attempt(plan, async (terms) => {
    const paid = earning.length === 1 ? new Set() : await chain.rewardsPaid(fixing, block)
    const places = earning.filter((place) => !paid.has(place))
    if (places.length === 0) return { kind: 'refused', reason: 'RewardAlreadyPaid' }
    return chain.claimRewards(fixing, attestation, places, { ...terms, maxGasCost: share * BigInt(places.length) })
  })
  if (sent.kind === 'later') return 'waiting'
  const said =
    sent.kind === 'done'
      ? { action: 'claim', reason: `Our co-signature earned ${share} wei for the owner.` }
      : { action: 'refused', reason: `A share of ${share} wei for our co-signature: ${sent.reason}.` }
  await journal.write({ stage: 'keep reward', fixingId, ...said })
  if (sent.kind === 'done') return 'acted'
  return PASSING.includes(sent.reason) ? 'waiting' : 'done'
}

/** What our co-signature earned, wei. */
export function shareOf(view: Pick<ShareView, 'fixing' | 'settlement' | 'attestation' | 'place' | 'reward'>): bigint {
  const { fixing, settlement, attestation, place, reward } = view
  if (attestation === undefined) return 0n
  const isRight = settlement !== INVALID && isWithinBand(attestation.value, settlement, fixing.bandPpm)
  return isRight && hasSigned(attestation, place) ? reward / BigInt(attestation.count) : 0n
}

function earningOf({ attestation, places }: ShareView): readonly number[] {
  return attestation === undefined ? [] : places.filter((place) => hasSigned(attestation, place))
}

function hasSigned({ signers }: Attestation, place: number): boolean {
  return (signers >> BigInt(place)) % 2n === 1n
}
