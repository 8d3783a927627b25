import type { BlockHead } from '#client/chain.ts'

/** The first block later than a time, Unix seconds, not after a head, which is later. */
export type FirstBlock = (time: bigint, head: BlockHead) => Promise<BlockHead>

/** How many answers are remembered, those that were asked for last: there is one for each maturity. */
const MOST_REMEMBERED = 1_024

/** What was found is remembered. */
export type FirstBlocks = {
  readonly find: FirstBlock
  /** It is looked for again the next time: what was found while blocks took each other's places may be none that ever was the first. */
  forget(time: bigint): void
}

/**
 * What `find` finds, remembered: asked for again it takes one request, whether the block is still there. With it are all before it,
 * so that the answer stays the same however young the block is. Who asks while it is looked for waits for the same answer.
 */
export function rememberFirstBlocks(find: FirstBlock, block: (number: bigint) => Promise<BlockHead>): FirstBlocks {
  const known = new Map<bigint, Promise<BlockHead>>()
  const remembered = async (kept: Promise<BlockHead>, head: BlockHead): Promise<BlockHead | undefined> => {
    // Whoever looked for it is told why it failed.
    const found = await kept.catch(() => undefined)
    if (found === undefined || found.number > head.number) return undefined
    return (await block(found.number)).hash === found.hash ? found : undefined
  }
  const look = (time: bigint, head: BlockHead): Promise<BlockHead> => {
    const finding = find(time, head)
    known.delete(time)
    known.set(time, finding)
    finding.catch(() => {
      if (known.get(time) === finding) known.delete(time)
    })
    const [oldest] = known.keys()
    if (oldest !== undefined && known.size > MOST_REMEMBERED) known.delete(oldest)
    return finding
  }
  const findOnce: FirstBlock = async (time, head) => {
    const kept = known.get(time)
    if (kept === undefined) return look(time, head)
    const found = await remembered(kept, head)
    const now = known.get(time)
    // Somebody else has begun to look anew meanwhile.
    if (now !== undefined && now !== kept) return findOnce(time, head)
    if (found === undefined) return look(time, head)
    if (known.delete(time)) known.set(time, kept)
    return found
  }
  return {
    find: findOnce,
    forget: (time) => void known.delete(time),
  }
}
