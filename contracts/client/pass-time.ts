import { createTestClient, http } from 'viem'
import { type Chain, latestBlock } from './chain.ts'
import { EMBEDDED_CHAIN_ID } from './embedded-chain.ts'
import { explained } from './errors.ts'

/**
 * Moves the clock of an embedded chain on by `seconds` and mines `blocks` meanwhile. Returns the new time. Throws
 * {@link NotEmbeddedError}.
 */
export async function passTime(chain: Chain, seconds: number, blocks = 1): Promise<bigint> {
  if (chain.chainId !== EMBEDDED_CHAIN_ID) throw new NotEmbeddedError(chain)
  const client = createTestClient({ mode: 'anvil', transport: http(chain.rpcUrl, { retryCount: 0 }) })
  return explained(chain.rpcUrl, 'evm_increaseTime', async () => {
    // The blocks but the last come a second after each other.
    if (blocks > 1) await client.mine({ blocks: blocks - 1, interval: 1 })
    const left = seconds - (blocks - 1)
    if (left > 0) await client.increaseTime({ seconds: left })
    await client.mine({ blocks: 1 })
    return (await latestBlock(chain)).time
  })
}

/** Nobody can move the clock of a real chain. */
export class NotEmbeddedError extends Error {
  override readonly name = 'PassTime.NotEmbeddedError'
  constructor({ rpcUrl, chainId }: Chain) {
    super(`Expected an embedded chain (${EMBEDDED_CHAIN_ID}) at ${rpcUrl}, got chain ${chainId}.`)
  }
}
