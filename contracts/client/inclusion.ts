import {
  type Hash,
  type Transaction,
  TransactionNotFoundError,
  type TransactionReceipt,
  TransactionReceiptNotFoundError,
} from 'viem'
import type { WritableChain } from './chain.ts'
import { ReplacedError, UnconfirmedError } from './errors.ts'
import type { Call } from './send.ts'

/** A transaction that is on its way; its nonce, unless a wallet chose it. */
export type SentTransaction = { readonly hash: Hash; readonly nonce?: number }

const RECEIPT_TIMEOUT_MS = 120_000
/** How many of the newest blocks are searched for what took a transaction's place: more than pass between two looks. */
const SEARCHED_BLOCKS = 32n

/**
 * Waits for the receipt of a transaction that was sent: its own, or that of the same call at another fee. Throws ReplacedError
 * when the account's other transaction of the same nonce is mined; UnconfirmedError after two minutes, or when the endpoint fails.
 */
export async function receiptOf(chain: WritableChain, call: Call, sent: SentTransaction): Promise<TransactionReceipt> {
  const { hash } = sent
  const timeout = AbortSignal.timeout(RECEIPT_TIMEOUT_MS)
  let { nonce } = sent
  try {
    while (!timeout.aborted) {
      nonce ??= (await orUndefined(chain.publicClient.getTransaction({ hash })))?.nonce
      const receipt = await lookFor(chain, call, { hash, nonce })
      if (receipt !== undefined) return receipt
      await new Promise((resolve) => void setTimeout(resolve, chain.publicClient.pollingInterval))
    }
  } catch (error) {
    throw error instanceof ReplacedError ? error : new UnconfirmedError(call.name, hash, { cause: error })
  }
  throw new UnconfirmedError(call.name, hash, { cause: timeout.reason })
}

type Sought = { readonly hash: Hash; readonly nonce: number | undefined }

/** One look; undefined if no block has it yet. */
async function lookFor(
  chain: WritableChain,
  call: Call,
  { hash, nonce }: Sought,
): Promise<TransactionReceipt | undefined> {
  const { publicClient, account } = chain
  const mined = await publicClient.getTransactionCount({ address: account.address, blockTag: 'latest' })
  if (nonce !== undefined && mined <= nonce) return undefined
  const receipt = await orUndefined(publicClient.getTransactionReceipt({ hash }))
  if (receipt !== undefined || nonce === undefined) return receipt
  // An endpoint of several machines may know the count and not the receipt yet: only a block tells that there is another.
  const other = await minedWith(chain, nonce)
  if (other === undefined || other.hash === hash) return undefined
  if (!isSame(other, call)) throw new ReplacedError(call.name, hash, other.hash)
  return orUndefined(publicClient.getTransactionReceipt({ hash: other.hash }))
}

/** The account's transaction with this nonce, in one of the newest blocks. */
async function minedWith({ publicClient, account }: WritableChain, nonce: number): Promise<Transaction | undefined> {
  const latest = await publicClient.getBlockNumber()
  const own = account.address.toLowerCase()
  for (let number = latest; number >= 0n && number > latest - SEARCHED_BLOCKS; number -= 1n) {
    const { transactions } = await publicClient.getBlock({ blockNumber: number, includeTransactions: true })
    const found = transactions.find((one) => one.from.toLowerCase() === own && one.nonce === nonce)
    if (found !== undefined) return found
  }
  return undefined
}

function isSame({ to, input, value }: Transaction, call: Call): boolean {
  return (
    to?.toLowerCase() === call.to.toLowerCase() && input === call.data.toLowerCase() && value === (call.value ?? 0n)
  )
}

/** What an endpoint does not have is undefined. */
async function orUndefined<T>(read: Promise<T>): Promise<T | undefined> {
  try {
    return await read
  } catch (error) {
    if (error instanceof TransactionReceiptNotFoundError || error instanceof TransactionNotFoundError) return undefined
    throw error
  }
}
