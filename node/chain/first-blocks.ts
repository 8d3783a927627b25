import type { BlockHead } from '#client/chain.ts'
import { putNewest } from '../ground/newest.ts'

/** The first block later than a time, Unix seconds, not after a head, which is later. */
export type FirstBlock = (time: bigint, head: BlockHead) => Promise<BlockHead>

/** How many answers are remembered, those that were asked for last: there is one for each maturity. */
const MOST_REMEMBERED = 1_024

/** What was found is remembered. */
export type FirstBlocks = {
  readonly find: FirstBlock
  /**
   * What was found while blocks took each other's places may be none that ever was the first: the next time it is asked whether it is,
   * which takes one more request, and it is looked for again if not.
   */
  readonly doubt: (time: bigint) => void
}

/**
 * What `find` finds, remembered: asked for again it takes one request, whether the block is still there. With it are all before it,
 * so that the answer stays the same however young the block is. Who asks while it is looked for waits for the same answer.
 */
export function rememberFirstBlocks(find: FirstBlock, block: (number: bigint) => Promise<BlockHead>): FirstBlocks {
  const known = new Map<bigint, Promise<BlockHead>>()
  const doubted = new WeakSet<Promise<BlockHead>>()
  const isFirst = async ({ number }: BlockHead, time: bigint): Promise<boolean> =>
    number === 0n || (await block(number - 1n)).time <= time
  const remembered = async (
    kept: Promise<BlockHead>,
    time: bigint,
    head: BlockHead,
  ): Promise<BlockHead | undefined> => {
    // Whoever looked for it is told why it failed.
    const found = await kept.catch(() => undefined)
    if (found === undefined || found.number > head.number) return undefined
    if ((await block(found.number)).hash !== found.hash) return undefined
    if (!doubted.has(kept)) return found
    if (!(await isFirst(found, time))) return undefined
    doubted.delete(kept)
    return found
  }
  const look = (time: bigint, head: BlockHead): Promise<BlockHead> => {
    const finding = find(time, head)
    putNewest(known, time, finding, MOST_REMEMBERED)
    finding.catch(() => {
      if (known.get(time) === finding) known.delete(time)
    })
    return finding
  }
  const findOnce: FirstBlock = async (time, head) => {
    const kept = known.get(time)
    if (kept === undefined) return look(time, head)
    const found = await remembered(kept, time, head)
    const now = known.get(time)
    // Somebody else has begun to look anew meanwhile.
    if (now !== undefined && now !== kept) return findOnce(time, head)
    if (found === undefined) return look(time, head)
    if (known.delete(time)) known.set(time, kept)
    return found
  }
  return {
    find: findOnce,
    doubt(time) {
      const kept = known.get(time)
      if (kept !== undefined) doubted.add(kept)
    },
  }
}
