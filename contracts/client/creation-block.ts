import { type Address, BaseError } from 'viem'
import { type Chain, latestBlock } from './chain.ts'

/**
 * The first block after which `address` has the code that it has now, by bisection: some thirty requests on a long chain.
 * Undefined if the endpoint does not keep states that old. Throws DeadRpcError.
 */
export async function readCreationBlock(chain: Chain, address: Address): Promise<bigint | undefined> {
  let { number: since } = await latestBlock(chain)
  let before = -1n
  try {
    while (since - before > 1n) {
      const middle = (since + before) / 2n
      const code = await chain.publicClient.getCode({ address, blockNumber: middle })
      if (code === undefined) before = middle
      else since = middle
    }
    return since
  } catch (error) {
    if (error instanceof BaseError) return undefined
    throw error
  }
}
