import { HttpRequestError, TimeoutError } from 'viem'
import { expect, test } from 'vitest'
import { blockAt, type Chain, connectThrough, DeadRpcError, finalizedBlock, latestBlock } from '#client/chain.ts'

/** A chain whose endpoint fails like this at every request for a block. */
function failing(fault: unknown): Promise<Chain> {
  const request = async ({ method }: { readonly method: string }): Promise<unknown> => {
    if (method === 'eth_chainId') return '0x1'
    throw fault
  }
  return connectThrough({ provider: { request } })
}

const READS: readonly ((chain: Chain) => Promise<unknown>)[] = [
  latestBlock,
  finalizedBlock,
  (chain) => blockAt(chain, 7n),
  (chain) => blockAt(chain, `0x${'ab'.repeat(32)}`),
]

test('a block that no endpoint gives is told as an endpoint that is dead', async () => {
  const url = 'http://127.0.0.1:1'
  const silences = [
    [new HttpRequestError({ url }), 'no answer'],
    [new TimeoutError({ body: {}, url }), 'no answer in time'],
  ] as const
  for (const [fault, got] of silences) {
    const chain = await failing(fault)
    for (const read of READS) {
      const error = await read(chain).catch((thrown: unknown) => thrown)
      expect(error).toBeInstanceOf(DeadRpcError)
      expect(error).toMatchObject({
        rpcUrl: 'the provider that was given',
        message: `Expected a JSON-RPC endpoint at the provider that was given, got ${got}.`,
        cause: { name: fault.name },
      })
    }
  }
})

test('an endpoint that answers that it has no such block is not dead', async () => {
  const chain = await failing(Object.assign(new Error('header not found'), { code: -32_000 }))
  for (const read of READS.filter((each) => each !== finalizedBlock)) {
    await expect(read(chain)).rejects.toMatchObject({ name: 'InvalidInputRpcError' })
  }
  expect(await finalizedBlock(chain)).toBe(undefined)
})
