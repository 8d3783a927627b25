import { type Address, createTestClient, custom, publicActions } from 'viem'
import { type Chain, latestBlock } from './chain.ts'
import { EMBEDDED_CHAIN_ID } from './embedded-chain.ts'
import { explained } from './errors.ts'

/**
 * Moves the clock of an embedded chain on by `seconds` and mines `blocks` meanwhile. Returns the new time. Throws
 * {@link NotEmbeddedError}.
 */
export async function passTime(chain: Chain, seconds: number, blocks = 1): Promise<bigint> {
  const client = testClientOf(chain)
  return explained(chain.rpcUrl, 'evm_increaseTime', async () => {
    // The blocks but the last come a second after each other.
    if (blocks > 1) await client.mine({ blocks: blocks - 1, interval: 1 })
    const left = seconds - (blocks - 1)
    if (left > 0) await client.increaseTime({ seconds: left })
    await client.mine({ blocks: 1 })
    return (await latestBlock(chain)).time
  })
}

/** Gives `account` so much more wei of an embedded chain, out of nothing. Returns its new balance. Throws {@link NotEmbeddedError}. */
export async function giveEther(chain: Chain, account: Address, wei: bigint): Promise<bigint> {
  const client = testClientOf(chain).extend(publicActions)
  return explained(chain.rpcUrl, 'anvil_setBalance', async () => {
    const balance = (await client.getBalance({ address: account })) + wei
    await client.setBalance({ address: account, value: balance })
    return balance
  })
}

function testClientOf({ chainId, rpcUrl, publicClient }: Chain) {
  if (chainId !== EMBEDDED_CHAIN_ID) throw new NotEmbeddedError({ chainId, rpcUrl })
  return createTestClient({ mode: 'anvil', transport: custom(publicClient, { retryCount: 0 }) })
}

/** Nobody can move the clock of a real chain, nor make its money. */
export class NotEmbeddedError extends Error {
  override readonly name = 'PassTime.NotEmbeddedError'
  constructor({ rpcUrl, chainId }: Pick<Chain, 'rpcUrl' | 'chainId'>) {
    super(`Expected an embedded chain (${EMBEDDED_CHAIN_ID}) at ${rpcUrl}, got chain ${chainId}.`)
  }
}
