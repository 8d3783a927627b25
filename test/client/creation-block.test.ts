import { RpcRequestError } from 'viem'
import { expect, test } from 'vitest'
import type { Chain } from '#client/chain.ts'
import { readCreationBlock } from '#client/creation-block.ts'

const ADDRESS = '0x00000000000000000000000000000000000000a1'

/** A chain of so many blocks on which the address has code from block `since` on, kept back to block `kept`. */
function chainOf({ head, since, kept = 0n }: { head: bigint; since: bigint; kept?: bigint }): Chain {
  const publicClient = {
    getBlock: () => Promise.resolve({ number: head, timestamp: 0n }),
    getCode: ({ blockNumber }: { blockNumber: bigint }) =>
      blockNumber < kept
        ? Promise.reject(
            new RpcRequestError({ body: {}, url: '', error: { code: -32_000, message: 'missing trie node' } }),
          )
        : Promise.resolve(blockNumber >= since ? '0x00' : undefined),
  }
  // The reader uses no more of a chain than this.
  return { rpcUrl: 'http://test', chainId: 1, publicClient } as unknown as Chain
}

test.each([0n, 1n, 2n, 499n, 500n, 999n, 1_000n])('finds that code is there since block %d of 1000', async (since) => {
  expect(await readCreationBlock(chainOf({ head: 1_000n, since }), ADDRESS)).toBe(since)
})

test('is content with a chain of one block', async () => {
  expect(await readCreationBlock(chainOf({ head: 0n, since: 0n }), ADDRESS)).toBe(0n)
})

test('gives up where the endpoint keeps no states that old', async () => {
  expect(await readCreationBlock(chainOf({ head: 1_000n, since: 10n, kept: 900n }), ADDRESS)).toBeUndefined()
})
