import type { Address } from 'viem'
import type { Chain } from './chain.ts'
import { readSinceBlock } from './since-block.ts'

/**
 * The first block after which `address` has the code that it has now. Undefined if the endpoint does not keep states that old. Throws
 * DeadRpcError.
 */
export async function readCreationBlock(chain: Chain, address: Address): Promise<bigint | undefined> {
  return readSinceBlock(
    chain,
    async (blockNumber) => (await chain.publicClient.getCode({ address, blockNumber })) !== undefined,
  )
}
