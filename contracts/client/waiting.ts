import type { Address } from 'viem'
import type { Chain } from './chain.ts'
import { explained, WaitingTransactionError } from './errors.ts'

/** How long is looked again before what should have changed is said not to have: longer than one machine of an endpoint lags. */
export const LAG_MS = 10_000

/**
 * Looks until `look` finds something, as often as the endpoint is to be polled: one of the machines behind it may lag.
 * Undefined when `timeoutMs` have passed; looks once at least.
 */
export async function lookFor<T>(
  { publicClient }: Chain,
  timeoutMs: number,
  look: () => Promise<T | undefined>,
): Promise<T | undefined> {
  const timeout = AbortSignal.timeout(timeoutMs)
  for (;;) {
    const found = await look()
    if (found !== undefined || timeout.aborted) return found
    await new Promise((resolve) => void setTimeout(resolve, publicClient.pollingInterval))
  }
}

/**
 * Throws WaitingTransactionError while a transaction of `account` waits to be mined, looking for ten seconds: it may do just what
 * is about to be done again. Throws DeadRpcError.
 */
export async function requireNoneWaiting(chain: Chain, account: Address): Promise<void> {
  let [mined, all] = [0, 0]
  const isNone = await lookFor(chain, LAG_MS, async () => {
    const seen = await countSent(chain, account)
    // The most that any machine has seen: one that is behind knows neither what was mined nor what waits.
    mined = Math.max(mined, seen.mined)
    all = Math.max(all, seen.all)
    return mined >= all ? true : undefined
  })
  if (isNone === undefined) throw new WaitingTransactionError(account, all - mined)
}

/** How many transactions of `account` were mined, and how many with those that wait. */
async function countSent(
  { rpcUrl, publicClient }: Chain,
  address: Address,
): Promise<{ readonly mined: number; readonly all: number }> {
  return explained(rpcUrl, 'eth_getTransactionCount', async () => {
    const [mined, all] = await Promise.all([
      publicClient.getTransactionCount({ address, blockTag: 'latest' }),
      publicClient.getTransactionCount({ address, blockTag: 'pending' }),
    ])
    return { mined, all }
  })
}
