import type { Chain } from './chain.ts'
import { explained } from './errors.ts'

/** A block's height, and its time in Unix seconds. */
export type BlockPlace = { readonly number: bigint; readonly time: bigint }

/** The chain's newest block. Throws DeadRpcError. */
export async function headOf(chain: Chain): Promise<BlockPlace> {
  return explained(chain.rpcUrl, 'the newest block', async () => placeOf(await chain.publicClient.getBlock()))
}

/**
 * The first block later than `time`, Unix seconds, not after `head`, which is later: by bisection, a request for each
 * doubling of the distance and of the chain's irregularity. Throws DeadRpcError.
 */
export async function firstBlockAfter(chain: Chain, time: bigint, head: BlockPlace): Promise<BlockPlace> {
  return explained(chain.rpcUrl, `a block at ${time}`, async () => {
    const read = async (blockNumber: bigint): Promise<BlockPlace> =>
      placeOf(await chain.publicClient.getBlock({ blockNumber }))
    let after = head
    // Gallop back: the wanted block is near.
    let low = head.number
    for (let step = 1n; low > 0n; step *= 2n) {
      low = low > step ? low - step : 0n
      const block = await read(low)
      if (block.time <= time) break
      after = block
    }
    if (after.number === 0n) return after
    while (after.number - low > 1n) {
      const middle = await read((after.number + low) / 2n)
      if (middle.time > time) after = middle
      else low = middle.number
    }
    return after
  })
}

function placeOf({ number, timestamp }: { readonly number: bigint; readonly timestamp: bigint }): BlockPlace {
  return { number, time: timestamp }
}
