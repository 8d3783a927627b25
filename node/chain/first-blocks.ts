import type { BlockHead } from '#client/chain.ts'

/** The first block later than a time, Unix seconds, not after a head, which is later. */
export type FirstBlock = (time: bigint, head: BlockHead) => Promise<BlockHead>

/** How many answers are remembered, those that were asked for last: there is one for each maturity. */
const MOST_REMEMBERED = 1_024

/**
 * What `find` finds, remembered: asked for again it takes one request, whether the block is still there. With it are all before it,
 * so that the answer stays the same however young the block is.
 */
export function rememberFirstBlocks(find: FirstBlock, block: (number: bigint) => Promise<BlockHead>): FirstBlock {
  const known = new Map<bigint, BlockHead>()
  const remembered = async (time: bigint, head: BlockHead): Promise<BlockHead | undefined> => {
    const found = known.get(time)
    if (found === undefined || found.number > head.number) return undefined
    return (await block(found.number)).hash === found.hash ? found : undefined
  }
  return async (time, head) => {
    const found = (await remembered(time, head)) ?? (await find(time, head))
    known.delete(time)
    known.set(time, found)
    const [oldest] = known.keys()
    if (oldest !== undefined && known.size > MOST_REMEMBERED) known.delete(oldest)
    return found
  }
}
