import { type BlockHead, blockAt, type Chain } from './chain.ts'

/**
 * The first block later than `time`, Unix seconds, not after `head`, which is later: by bisection, a request for each
 * doubling of the distance and of the chain's irregularity. Throws DeadRpcError.
 */
export async function firstBlockAfter(chain: Chain, time: bigint, head: BlockHead): Promise<BlockHead> {
  let after = head
  // Gallop back: the wanted block is near.
  let low = head.number
  for (let step = 1n; low > 0n; step *= 2n) {
    low = low > step ? low - step : 0n
    const block = await blockAt(chain, low)
    if (block.time <= time) break
    after = block
  }
  if (after.number === 0n) return after
  while (after.number - low > 1n) {
    const middle = await blockAt(chain, (after.number + low) / 2n)
    if (middle.time > time) after = middle
    else low = middle.number
  }
  return after
}
