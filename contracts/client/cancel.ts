import {
  type Address,
  BaseError,
  type Hash,
  type Hex,
  isAddressEqual,
  keccak256,
  type LocalAccount,
  type Transaction,
} from 'viem'
import { larger, smaller } from '#protocol/rational.ts'
import { type Chain, DeadRpcError, sendingAs, type WritableChain } from './chain.ts'
import { ReplacedError, UnconfirmedError } from './errors.ts'
import { CANCEL_GAS, type Fees, firstFees, isStuck, type Market, raisedFees } from './fees.ts'
import { findReceipt, receiptOf } from './inclusion.ts'
import type { Call } from './send.ts'
import { broadcast, type Outlook, readOutlook } from './transaction.ts'

/** A transaction that waits to be mined. */
export type Waiting = {
  readonly nonce: number
  /** What it is; undefined where the endpoint does not tell. */
  readonly transaction: Transaction | undefined
}

/** What became of a nonce. */
export type Cancelled =
  /** The empty transaction was mined, or another was before it. */
  | { readonly kind: 'cancelled' | 'mined'; readonly nonce: number; readonly hash: Hash; readonly block: bigint }
  /** A transaction used it; which one, or which block has it, cannot be told. */
  | { readonly kind: 'used'; readonly nonce: number; readonly hash: Hash | undefined }
  /** None was mined within two minutes. */
  | { readonly kind: 'pending'; readonly nonce: number; readonly hash: Hash }
  /** What waits was not replaced, and may be mined yet: {@link NotReplacedError} or DeadRpcError, of this nonce or of a later one. */
  | { readonly kind: 'kept'; readonly nonce: number; readonly why: Error }

/** How what waits is cancelled. */
export type CancelOptions = {
  readonly market: Market & Pick<Outlook, 'mined' | 'number'>
  /** The most that any replacement offers, wei per gas. */
  readonly limit: bigint
  /** Called with each replacement as soon as it is on its way. */
  readonly onSent?: (nonce: number, hash: Hash) => void
}

/** Nobody offers as much. */
const ANY_FEE = 2n ** 128n
/** Of what somebody new would offer, this many times as much at most, whatever the endpoint says that waits. */
const MOST_OF_MARKET = 20n
/** Where the endpoint does not tell what a transaction offers, and has more offered again and again, this many times as much in the end. */
const MOST_RAISE = 4n

/** A replacement that so many blocks did not have is raised. */
const RAISE_BLOCKS = 3n

/** What waits of `account`, by nonce, as far as the endpoint knows: what it says of another account or nonce is nothing. */
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
    const isIt = transaction?.nonce === nonce && isAddressEqual(transaction.from, account)
    waiting.push({ nonce, transaction: isIt ? transaction : undefined })
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

/**
 * What replacements may offer at most, wei per gas, unless somebody says otherwise: too little for what claims to offer far more than the
 * market.
 */
export function usualLimit(waiting: readonly Waiting[], market: Market): bigint {
  const offers = waiting.map((one) => replacingFees(one, market)?.maxFeePerGas ?? 0n)
  const bound = MOST_OF_MARKET * (2n * market.baseFee + market.tip)
  return smaller(MOST_RAISE * offers.reduce(larger, 0n), bound)
}

/**
 * Has an empty transaction of `account` take the place of each that waits: the last first, so that none follows one that is gone; what
 * comes before one that could not be replaced is left alone. Offers an eighth more for as long as the endpoint has one that pays as
 * much, and every few blocks, and waits until one of both was mined. Of all that have a nonce only one ever is. Throws {@link NotReplacedError},
 * DeadRpcError if all that waits may be mined yet.
 */
export async function cancel(
  chain: Chain,
  account: LocalAccount,
  waiting: readonly Waiting[],
  options: CancelOptions,
): Promise<readonly Cancelled[]> {
  const bids = await replaceAll(chain, account, waiting, options)
  const [first] = bids
  if (first?.kind === 'kept' && bids.every(({ kind }) => kind === 'kept')) throw first.why
  const sender = sendingAs(chain, account)
  const ended: Cancelled[] = []
  for (const bid of bids) ended.push(await endOf(sender, account, bid, options))
  return ended
}

/** Whether it does nothing but use its nonce up. */
export function isEmpty({ from, to, input, value }: Transaction): boolean {
  return to === from && input === '0x' && value === 0n
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

/** What was sent for a nonce; nothing where it was used before, or where what waits could not be replaced. */
type Bid = { readonly waiting: Waiting } & (
  | { readonly kind: 'sent'; readonly hash: Hash; readonly fees: Fees }
  | { readonly kind: 'used' }
  | { readonly kind: 'kept'; readonly why: Error }
)

async function replaceAll(
  chain: Chain,
  account: LocalAccount,
  waiting: readonly Waiting[],
  options: CancelOptions,
): Promise<readonly Bid[]> {
  const bids: Bid[] = []
  let why: Error | undefined
  for (const one of waiting.toReversed()) {
    if (one.nonce < options.market.mined) bids.unshift({ waiting: one, kind: 'used' })
    else if (why !== undefined) bids.unshift({ waiting: one, kind: 'kept', why })
    else {
      try {
        bids.unshift(await replace(chain, account, one, options))
      } catch (error) {
        if (!(error instanceof NotReplacedError || error instanceof DeadRpcError)) throw error
        why = error
        bids.unshift({ waiting: one, kind: 'kept', why })
      }
    }
  }
  return bids
}

async function replace(
  chain: Chain,
  account: LocalAccount,
  waiting: Waiting,
  { market, limit, onSent }: CancelOptions,
): Promise<Bid> {
  const { nonce } = waiting
  let fees = replacingFees(waiting, market, limit)
  let same: Bid | undefined
  while (fees !== undefined) {
    const raw = await signEmpty(chain, account, nonce, fees)
    const reception = await broadcast(chain, raw)
    if (reception === 'refused') throw new NotReplacedError(nonce, 'a refusal')
    if (reception === 'stale') return { waiting, kind: 'used' }
    const bid: Bid = { waiting, kind: 'sent', hash: keccak256(raw), fees }
    // What the endpoint has already at the first time is what was offered before, and was not mined.
    if (reception === 'known' && same === undefined) same = bid
    else if (reception !== 'underpriced') {
      onSent?.(nonce, bid.hash)
      return bid
    }
    fees = raisedAgain(fees, market, limit)
  }
  if (same !== undefined) return same
  throw new NotReplacedError(nonce, `one that wants more than ${limit} wei per gas`)
}

function signEmpty({ chainId }: Chain, account: LocalAccount, nonce: number, fees: Fees): Promise<Hex> {
  return account.signTransaction({ chainId, type: 'eip1559', nonce, to: account.address, gas: CANCEL_GAS, ...fees })
}

/** Waits for what was sent for a nonce. */
async function endOf(
  sender: WritableChain,
  account: LocalAccount,
  bid: Bid,
  options: CancelOptions,
): Promise<Cancelled> {
  const { nonce } = bid.waiting
  if (bid.kind === 'kept') return { kind: 'kept', nonce, why: bid.why }
  if (bid.kind === 'used') return endOfUsed(sender, bid.waiting, [])
  const call: Call = { name: 'cancel', to: sender.account.address, data: '0x' }
  const bids = [bid.hash]
  const raise = raiserOf(sender, account, bid, {
    ...options,
    onSent: (at, hash) => {
      bids.push(hash)
      options.onSent?.(at, hash)
    },
  })
  try {
    const sent = { nonce, hash: bid.hash }
    const { transactionHash, blockNumber } = await receiptOf(sender, call, sent, raise)
    return { kind: 'cancelled', nonce, hash: transactionHash, block: blockNumber }
  } catch (error) {
    if (error instanceof ReplacedError) return endOfUsed(sender, bid.waiting, bids, error.by)
    if (!(error instanceof UnconfirmedError)) throw error
    return (await isUsed(sender, nonce))
      ? endOfUsed(sender, bid.waiting, bids)
      : { kind: 'pending', nonce, hash: bids.at(-1) ?? bid.hash }
  }
}

/** What offers an eighth more whenever {@link RAISE_BLOCKS} passed, for as long as the limit allows it. */
function raiserOf(
  chain: Chain,
  account: LocalAccount,
  bid: Extract<Bid, { kind: 'sent' }>,
  { market: { number }, limit, onSent }: CancelOptions,
): () => Promise<void> {
  const { nonce } = bid.waiting
  let { fees } = bid
  let since = number
  return async () => {
    const market = await readOutlook(chain, account.address)
    if (market.number < since + RAISE_BLOCKS) return
    const raised = raisedAgain(fees, market, limit)
    if (raised === undefined) return
    const raw = await signEmpty(chain, account, nonce, raised)
    const reception = await broadcast(chain, raw)
    if (reception === 'stale' || reception === 'refused') return
    if (reception !== 'underpriced') {
      since = market.number
      onSent?.(nonce, keccak256(raw))
    }
    fees = raised
  }
}

/** What used a nonce: one of `ours`, what waited, or `other`, undefined if that is not known. */
async function endOfUsed(
  sender: WritableChain,
  { nonce, transaction }: Waiting,
  ours: readonly Hash[],
  other?: Hash,
): Promise<Cancelled> {
  const known = [other, transaction?.hash, ...ours].filter((hash) => hash !== undefined)
  const receipt = await findReceipt(sender, nonce, known)
  if (receipt === undefined) return { kind: 'used', nonce, hash: other }
  const { transactionHash: hash, blockNumber: block } = receipt
  const wasEmpty = transaction !== undefined && hash === transaction.hash && isEmpty(transaction)
  return { kind: wasEmpty || ours.includes(hash) ? 'cancelled' : 'mined', nonce, hash, block }
}

async function isUsed({ publicClient, account: { address } }: WritableChain, nonce: number): Promise<boolean> {
  try {
    return (await publicClient.getTransactionCount({ address, blockTag: 'latest' })) > nonce
  } catch (error) {
    if (error instanceof BaseError) return false
    throw error
  }
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
