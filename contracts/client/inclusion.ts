import {
  BaseError,
  type Hash,
  isAddressEqual,
  type Transaction,
  TransactionNotFoundError,
  type TransactionReceipt,
  TransactionReceiptNotFoundError,
} from 'viem'
import type { Chain, WritableChain } from './chain.ts'
import { ReplacedError, UnconfirmedError } from './errors.ts'
import type { Call } from './send.ts'
import { LAG_MS, lookFor } from './waiting.ts'

/** A transaction that is on its way; its nonce, unless a wallet chose it. */
export type SentTransaction = {
  readonly hash: Hash
  readonly nonce?: number
  /** The endpoint said that its nonce was used: by it, or by another, which is not it even if it does the same. */
  readonly isStale?: boolean
}

const RECEIPT_TIMEOUT_MS = 120_000
/** How many of the newest blocks are searched at first for what took a transaction's place: more than pass between two looks. */
const SEARCHED_BLOCKS = 32n

/**
 * Waits for the receipt of a transaction that was sent: its own, or that of the same call at another fee. Throws ReplacedError
 * when the account's other transaction of the same nonce is mined; UnconfirmedError after two minutes, whose cause is what
 * the endpoint failed of last. `onMiss` is run after each look that finds nothing; what it fails of counts as the endpoint's.
 */
export async function receiptOf(
  chain: WritableChain,
  call: Call,
  sent: SentTransaction,
  onMiss: () => Promise<void> = () => Promise.resolve(),
): Promise<TransactionReceipt> {
  const look = lookerAfter(chain, call, sent)
  let failure: ErrorOptions = {}
  const receipt = await lookFor(chain, RECEIPT_TIMEOUT_MS, async () => {
    try {
      const found = await look()
      if (found === undefined) await onMiss()
      return found
    } catch (error) {
      if (error instanceof ReplacedError) throw error
      failure = { cause: error }
      return undefined
    }
  })
  if (receipt === undefined) throw new UnconfirmedError(call.name, sent, failure)
  return receipt
}

/**
 * The receipt of the account's transaction whose `nonce` was used: of one of `known`, or of what the newest blocks have. Undefined if
 * ten seconds show neither: it is older, or no machine that answers has it.
 */
export async function findReceipt(
  chain: WritableChain,
  nonce: number,
  known: readonly Hash[],
): Promise<TransactionReceipt | undefined> {
  const findOther = searchFor(chain, nonce)
  return lookFor(chain, LAG_MS, async () => {
    try {
      for (const hash of known) {
        const receipt = await receiptAt(chain, hash)
        if (receipt !== undefined) return receipt
      }
      const other = await findOther()
      return other === undefined ? undefined : await receiptAt(chain, other.hash)
    } catch (error) {
      if (error instanceof BaseError) return undefined // the next look may fare better
      throw error
    }
  })
}

type Look<T> = () => Promise<T | undefined>

/** One look after another; undefined while no block has it. */
function lookerAfter(
  chain: WritableChain,
  call: Call,
  { hash, nonce, isStale = false }: SentTransaction,
): Look<TransactionReceipt> {
  let findOther = nonce === undefined ? undefined : searchFor(chain, nonce)
  return async () => {
    const receipt = await receiptAt(chain, hash)
    if (receipt !== undefined) return receipt
    findOther ??= await searchForPlaceOf(chain, hash)
    // An endpoint of several machines may know the count and not the receipt yet: only a block tells that there is another.
    const other = await findOther?.()
    if (other === undefined || other.hash === hash) return undefined
    if (isStale || !isSame(other, call)) throw new ReplacedError(call.name, hash, other.hash)
    return receiptAt(chain, other.hash)
  }
}

function receiptAt({ publicClient }: Chain, hash: Hash): Promise<TransactionReceipt | undefined> {
  return orUndefined(publicClient.getTransactionReceipt({ hash }))
}

/** What searches for a transaction in the place of `hash`; undefined if it is not known, or another than the account sent it, as bundlers do. */
async function searchForPlaceOf(chain: WritableChain, hash: Hash): Promise<Look<Transaction> | undefined> {
  const sent = await orUndefined(chain.publicClient.getTransaction({ hash }))
  return sent !== undefined && isFrom(sent, chain) ? searchFor(chain, sent.nonce) : undefined
}

/** Looks for the account's transaction with this nonce in the newest blocks, in none twice. */
function searchFor(chain: WritableChain, nonce: number): Look<Transaction> {
  const { publicClient, account } = chain
  let found: Transaction | undefined
  let searched = -1n
  return async () => {
    if (found !== undefined) return found
    const mined = await publicClient.getTransactionCount({ address: account.address, blockTag: 'latest' })
    if (mined <= nonce) return undefined
    const latest = await publicClient.getBlockNumber()
    for (let number = latest; number > searched && number > latest - SEARCHED_BLOCKS; number -= 1n) {
      const { transactions } = await publicClient.getBlock({ blockNumber: number, includeTransactions: true })
      found = transactions.find((one) => one.nonce === nonce && isFrom(one, chain))
      if (found !== undefined) return found
    }
    if (latest > searched) searched = latest
    return undefined
  }
}

function isFrom({ from }: Transaction, { account }: WritableChain): boolean {
  return isAddressEqual(from, account.address)
}

/** Whether it is that call; a wallet may put a mark behind what it calls with, but what calls nothing is another then. */
function isSame({ to, input, value }: Transaction, call: Call): boolean {
  const data = call.data.toLowerCase()
  const isSameInput = data === '0x' ? input === data : input.startsWith(data)
  return isSameInput && to !== null && isAddressEqual(to, call.to) && value === (call.value ?? 0n)
}

/** A transaction or receipt that the endpoint does not have is undefined. Throws what else `read` throws. */
export async function orUndefined<T>(read: Promise<T>): Promise<T | undefined> {
  try {
    return await read
  } catch (error) {
    if (error instanceof TransactionReceiptNotFoundError || error instanceof TransactionNotFoundError) return undefined
    throw error
  }
}
