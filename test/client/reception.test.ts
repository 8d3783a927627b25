import { RpcRequestError } from 'viem'
import { expect, test } from 'vitest'
import type { Chain } from '#client/chain.ts'
import { broadcast } from '#client/transaction.ts'

/** An endpoint that answers every transaction with the error `message`. */
function endpointSaying(message: string): Chain {
  const body = { method: 'eth_sendRawTransaction' }
  const refuse = (): Promise<never> =>
    Promise.reject(new RpcRequestError({ body, url: 'http://127.0.0.1:1', error: { code: -32_000, message } }))
  return { rpcUrl: 'http://127.0.0.1:1', chainId: 1, publicClient: { sendRawTransaction: refuse } } as unknown as Chain
}

test.each([
  ['already known', 'known'],
  ['nonce too low', 'stale'],
  ['replacement transaction underpriced', 'underpriced'],
  ['insufficient funds for gas * price + value', 'refused'],
  ['intrinsic gas too low', 'refused'],
] as const)('an endpoint that says "%s" has %s it', async (message, reception) => {
  expect(await broadcast(endpointSaying(message), '0x02')).toBe(reception)
})

test.each(['limit exceeded', 'Too Many Requests', 'internal error', 'txpool is full', 'request timed out', 'timeout'])(
  'an endpoint that says "%s" speaks of itself: nothing is known of the transaction',
  async (message) => {
    await expect(broadcast(endpointSaying(message), '0x02')).rejects.toMatchObject({ name: 'Chain.DeadRpcError' })
  },
)
