import { type Address, BaseError, type Hash, isAddressEqual } from 'viem'
import type { Chain } from './chain.ts'
import { readSinceBlock } from './since-block.ts'

/**
 * The transaction of `account` that used a nonce, and its block. Undefined if the endpoint does not keep states that old, or none that
 * the account signed used it, as an authorisation does (EIP-7702). Throws DeadRpcError.
 */
export async function readNonceUse(
  chain: Chain,
  account: Address,
  nonce: number,
): Promise<{ readonly hash: Hash; readonly block: bigint } | undefined> {
  const { publicClient } = chain
  const block = await readSinceBlock(
    chain,
    async (blockNumber) => (await publicClient.getTransactionCount({ address: account, blockNumber })) > nonce,
  )
  if (block === undefined) return undefined
  try {
    const { transactions } = await publicClient.getBlock({ blockNumber: block, includeTransactions: true })
    const found = transactions.find((one) => one.nonce === nonce && isAddressEqual(one.from, account))
    return found === undefined ? undefined : { hash: found.hash, block }
  } catch (error) {
    if (error instanceof BaseError) return undefined
    throw error
  }
}
