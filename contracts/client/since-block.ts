import { BaseError } from 'viem'
import { type Chain, latestBlock } from './chain.ts'

/**
 * The first block after which `isSo`, which is so at the newest and never ceases to be, by bisection: some thirty requests on a long
 * chain. Undefined if the endpoint does not keep states that old. Throws DeadRpcError.
 */
export async function readSinceBlock(
  chain: Chain,
  isSo: (number: bigint) => Promise<boolean>,
): Promise<bigint | undefined> {
  let { number: since } = await latestBlock(chain)
  let before = -1n
  try {
    while (since - before > 1n) {
      const middle = (since + before) / 2n
      if (await isSo(middle)) since = middle
      else before = middle
    }
    return since
  } catch (error) {
    if (error instanceof BaseError) return undefined
    throw error
  }
}
