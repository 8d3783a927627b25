import type { Address, Hex, TransactionReceipt } from 'viem'
import type { Chain } from './chain.ts'
import { explained } from './errors.ts'
import { orUndefined } from './inclusion.ts'

/** What became of a nonce, and with it of every transaction that was signed with it. */
export type TransactionFate =
  /** One of those that were asked about was mined. */
  | { readonly kind: 'mined'; readonly receipt: TransactionReceipt }
  /** Another was: none of those that were asked about ever will be. */
  | { readonly kind: 'superseded' }
  /** No transaction with this nonce was mined yet. */
  | { readonly kind: 'open' }

/**
 * Looks for transactions that `account` signed with one nonce, perhaps before a crash: one of them at most is ever mined.
 * Throws DeadRpcError.
 */
export async function readFate(
  chain: Chain,
  account: Address,
  signed: { readonly hashes: readonly Hex[]; readonly nonce: number },
): Promise<TransactionFate> {
  return explained(chain.rpcUrl, 'eth_getTransactionReceipt', async () => {
    const isUsed = async (): Promise<boolean> =>
      (await chain.publicClient.getTransactionCount({ address: account, blockTag: 'latest' })) > signed.nonce
    // The count first: a transaction mined between the requests then still shows up by its receipt.
    if (!(await isUsed())) return { kind: 'open' }
    const receipts = await Promise.all(
      signed.hashes.map((hash) => orUndefined(chain.publicClient.getTransactionReceipt({ hash }))),
    )
    const receipt = receipts.find((one) => one !== undefined)
    if (receipt !== undefined) return { kind: 'mined', receipt }
    // Once more: its block may have been undone between the requests.
    return { kind: (await isUsed()) ? 'superseded' : 'open' }
  })
}
