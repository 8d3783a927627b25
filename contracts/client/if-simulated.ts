import type { Chain } from './chain.ts'
import { explained } from './errors.ts'

/** What a simulated call came to; undefined where the endpoint simulates none such, whatever words it has for that. Throws DeadRpcError. */
export function ifSimulated<T>(chain: Chain, simulate: () => Promise<T>): Promise<T | undefined> {
  return explained(chain.rpcUrl, 'eth_call', async () => {
    try {
      return await simulate()
    } catch {
      await chain.publicClient.getChainId() // throws where nobody answers at all
      return undefined
    }
  })
}
