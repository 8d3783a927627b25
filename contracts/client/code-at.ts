import { type Address, type Hash, keccak256 } from 'viem'
import type { Chain } from './chain.ts'
import { explained, NoCodeError } from './errors.ts'
import { LAG_MS, lookFor } from './waiting.ts'

/** Throws {@link NoCodeError} unless a contract is at `address`; `what` names it in the message. */
export async function requireCode(chain: Chain, what: string, address: Address): Promise<void> {
  if (!(await hasCode(chain, address))) throw new NoCodeError(what, address)
}

/**
 * As {@link requireCode}, of what may just have been deployed: looks for ten seconds, since the machine of the endpoint that answers may be
 * behind the one that had the receipt.
 */
export async function awaitCode(chain: Chain, what: string, address: Address): Promise<void> {
  const isThere = await lookFor(chain, LAG_MS, async () => (await hasCode(chain, address)) || undefined)
  if (isThere === undefined) throw new NoCodeError(what, address)
}

/** Whether a contract is at `address`. Throws DeadRpcError. */
export async function hasCode(chain: Chain, address: Address): Promise<boolean> {
  return (await readCodeHash(chain, address)) !== undefined
}

/** keccak256 of the code at `address`; undefined if there is none. Throws DeadRpcError. */
export async function readCodeHash(chain: Chain, address: Address): Promise<Hash | undefined> {
  const code = await explained(chain.rpcUrl, 'eth_getCode', () => chain.publicClient.getCode({ address }))
  return code === undefined || code === '0x' ? undefined : keccak256(code)
}
