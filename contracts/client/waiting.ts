import type { Address } from 'viem'
import type { Chain } from './chain.ts'
import { explained, WaitingTransactionError } from './errors.ts'

/** How many transactions of `account` wait to be mined, as far as the endpoint knows. Throws DeadRpcError. */
export async function countWaiting({ rpcUrl, publicClient }: Chain, address: Address): Promise<number> {
  return explained(rpcUrl, 'eth_getTransactionCount', async () => {
    const [mined, all] = await Promise.all([
      publicClient.getTransactionCount({ address, blockTag: 'latest' }),
      publicClient.getTransactionCount({ address, blockTag: 'pending' }),
    ])
    return Math.max(all - mined, 0)
  })
}

/**
 * Throws WaitingTransactionError while a transaction of `account` waits to be mined: it may do just what is about to
 * be done again. Throws DeadRpcError.
 */
export async function requireNoneWaiting(chain: Chain, account: Address): Promise<void> {
  const count = await countWaiting(chain, account)
  if (count > 0) throw new WaitingTransactionError(account, count)
}
