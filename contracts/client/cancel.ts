import { type Address, BaseError, type Hash, keccak256, type LocalAccount, type Transaction } from 'viem'
import { larger } from '#protocol/rational.ts'
import { type Chain, sendingAs } from './chain.ts'
import { ReplacedError, UnconfirmedError } from './errors.ts'
import { CANCEL_GAS, type Fees, firstFees, isStuck, type Market, raisedFees } from './fees.ts'
import { receiptOf } from './inclusion.ts'
import type { Call } from './send.ts'
import { broadcast, type Outlook } from './transaction.ts'

/** A transaction that waits to be mined. */
export type Waiting = {
  readonly nonce: number
  /** What it is; undefined where the endpoint does not tell. */
  readonly transaction: Transaction | undefined
}

/** What became of a nonce: the empty transaction was mined, another was before it, or none within two minutes. */
export type Cancelled =
  | { readonly kind: 'cancelled' | 'mined'; readonly nonce: number; readonly hash: Hash; readonly block: bigint }
  | { readonly kind: 'pending'; readonly nonce: number; readonly hash: Hash }

/** How what waits is cancelled. */
export type CancelOptions = {
  readonly market: Market
  /** The most that any replacement offers, wei per gas. */
  readonly limit: bigint
  /** Called with each replacement as soon as it is on its way. */
  readonly onSent?: (nonce: number, hash: Hash) => void
}

/** Nobody offers as much. */
const ANY_FEE = 2n ** 128n
/** Where the endpoint does not tell what a transaction offers, and has more offered again and again, this many times as much in the end. */
const MOST_RAISE = 4n

/** What waits of `account`, by nonce, as far as the endpoint knows. */
export async function readWaiting(
  { publicClient }: Chain,
  account: Address,
  { mined, pending }: Pick<Outlook, 'mined' | 'pending'>,
): Promise<readonly Waiting[]> {
  const waiting: Waiting[] = []
  for (let nonce = mined; nonce < pending; nonce += 1) {
    const transaction = await publicClient.getTransaction({ sender: account, nonce }).catch((error: unknown) => {
      if (error instanceof BaseError) return undefined // few endpoints know this request
      throw error
    })
    waiting.push({ nonce, transaction })
  }
  return waiting
}

/**
 * What takes the place of a transaction that waits offers at first: an eighth more, where it is known what that one does, and what the
 * market asks for. Undefined if `limit`, wei per gas, does not allow it.
 */
export function replacingFees({ transaction }: Waiting, market: Market, limit = ANY_FEE): Fees | undefined {
  const fees =
    transaction === undefined
      ? firstFees(market, evenly(limit), undefined)
      : raisedAgain(feesOf(transaction), market, limit)
  return fees === undefined || isStuck(fees, market) ? undefined : fees
}

/** What replacements may offer at most, wei per gas, unless somebody says otherwise. */
export function usualLimit(waiting: readonly Waiting[], market: Market): bigint {
  const offers = waiting.map((one) => replacingFees(one, market)?.maxFeePerGas ?? 0n)
  return MOST_RAISE * offers.reduce(larger, 0n)
}

/**
 * Has an empty transaction of `account` take the place of each that waits: the last first, so that none follows one that is gone. Offers
 * an eighth more for as long as the endpoint has one that pays as much, and waits until one of both was mined. Of all that have a
 * nonce only one ever is. Throws {@link NotReplacedError}, DeadRpcError: then all that waits may be mined yet.
 */
export async function cancel(
  chain: Chain,
  account: LocalAccount,
  waiting: readonly Waiting[],
  options: CancelOptions,
): Promise<readonly Cancelled[]> {
  const call: Call = { name: 'cancel', to: account.address, data: '0x' }
  const sent: Replacement[] = []
  for (const one of waiting.toReversed()) sent.unshift(await replace(chain, account, one, options))
  const sender = sendingAs(chain, account)
  const ended: Cancelled[] = []
  for (const { nonce, hash } of sent) {
    try {
      const { transactionHash, blockNumber } = await receiptOf(sender, call, { nonce, hash })
      ended.push({ kind: 'cancelled', nonce, hash: transactionHash, block: blockNumber })
    } catch (error) {
      if (error instanceof ReplacedError) ended.push(await minedInstead(chain, nonce, error.by))
      else if (error instanceof UnconfirmedError) ended.push({ kind: 'pending', nonce, hash })
      else throw error
    }
  }
  return ended
}

/** No transaction could be put in the place of the one that waits, which may be mined yet. */
export class NotReplacedError extends Error {
  override readonly name = 'Client.NotReplacedError'
  readonly nonce: number
  readonly hint = 'What waits may be mined yet. Allow a higher fee, or try another endpoint.'
  constructor(nonce: number, got: string) {
    super(`Expected the endpoint to take an empty transaction in the place of nonce ${nonce}, got ${got}.`)
    this.nonce = nonce
  }
}

type Replacement = { readonly nonce: number; readonly hash: Hash }

async function minedInstead({ publicClient }: Chain, nonce: number, hash: Hash): Promise<Cancelled> {
  const { blockNumber } = await publicClient.getTransactionReceipt({ hash })
  return { kind: 'mined', nonce, hash, block: blockNumber }
}

async function replace(
  chain: Chain,
  account: LocalAccount,
  waiting: Waiting,
  { market, limit, onSent }: CancelOptions,
): Promise<Replacement> {
  const { nonce } = waiting
  let fees = replacingFees(waiting, market, limit)
  while (fees !== undefined) {
    const raw = await account.signTransaction({
      chainId: chain.chainId,
      type: 'eip1559',
      nonce,
      to: account.address,
      gas: CANCEL_GAS,
      ...fees,
    })
    const reception = await broadcast(chain, raw)
    if (reception === 'refused') throw new NotReplacedError(nonce, 'a refusal')
    if (reception !== 'underpriced') {
      const hash = keccak256(raw)
      // Its nonce was used: what by is looked for with the receipt.
      if (reception !== 'stale') onSent?.(nonce, hash)
      return { nonce, hash }
    }
    fees = raisedAgain(fees, market, limit)
  }
  throw new NotReplacedError(nonce, `one that wants more than ${limit} wei per gas`)
}

function raisedAgain(last: Fees, market: Market, limit: bigint): Fees | undefined {
  return raisedFees(last, market, evenly(limit), { limit: undefined, pace: 'patient' })
}

function evenly(limit: bigint): Fees {
  return { maxFeePerGas: limit, maxPriorityFeePerGas: limit }
}

function feesOf({ maxFeePerGas, maxPriorityFeePerGas, gasPrice = 0n }: Transaction): Fees {
  return { maxFeePerGas: maxFeePerGas ?? gasPrice, maxPriorityFeePerGas: maxPriorityFeePerGas ?? gasPrice }
}
