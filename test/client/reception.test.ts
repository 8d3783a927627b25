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
  ['known transaction: 0x02', 'known'],
  ['nonce too low', 'stale'],
  ['replacement transaction underpriced', 'underpriced'],
  ['insufficient funds for gas * price + value', 'refused'],
  ["sender doesn't have enough funds to send tx", 'refused'],
  ['Upfront cost exceeds account balance', 'refused'],
  ['intrinsic gas too low', 'refused'],
  ['exceeds block gas limit', 'refused'],
  ['Transaction gas limit exceeds block gas limit', 'refused'],
  ['transaction gas limit too high', 'refused'],
  ['GasLimitExceeded', 'refused'],
  ['nonce too high', 'refused'],
  ['NonceGap', 'refused'],
  ['max fee per gas less than block base fee', 'refused'],
  ['max priority fee per gas higher than max fee per gas', 'refused'],
  ['tx fee (1.20 ether) exceeds the configured cap (1.00 ether)', 'refused'],
  ['execution reverted: StaleRound', 'refused'],
  ['oversized data', 'refused'],
  ['max initcode size exceeded', 'refused'],
  ['invalid sender', 'refused'],
  ['invalid chain id for signer', 'refused'],
  ['transaction type not supported', 'refused'],
  ['unknown transaction type', 'refused'],
  ['failed to decode signed transaction', 'refused'],
] as const)('an endpoint that says "%s" has %s it', async (message, reception) => {
  expect(await broadcast(endpointSaying(message), '0x02')).toBe(reception)
})

test.each([
  'limit exceeded',
  'Too Many Requests',
  'internal error',
  'Internal server error',
  'txpool is full',
  'request timed out',
  'timeout',
  'Bad gateway',
  'service unavailable',
  'upstream connect error or disconnect/reset before headers',
  'no healthy backend',
  'daily request limit exceeded for your plan',
])('an endpoint that says "%s" speaks of itself: nothing is known of the transaction', async (message) => {
  await expect(broadcast(endpointSaying(message), '0x02')).rejects.toMatchObject({ name: 'Chain.DeadRpcError' })
})
