import { writeFileSync } from 'node:fs'
import { latestBlock, type WritableChain } from '#client/chain.ts'
import { accountOf, type Stage } from '../client/chain-fixture.ts'
import { request } from '../model/rpc.ts'

/** How far a case is, as the rival sees it. */
export type CaseStage = 'drawing' | 'voting' | 'other'

/** Whoever has the node's key too, and uses the nonce before its votes for a transaction that offers too little to be mined. */
export type Rival = {
  /** Makes the next block if what it is about concerns the rival; whoever asks makes it otherwise. */
  pass(stage: CaseStage, commitEnd: bigint): Promise<'mined' | 'idle'>
}

/** The time to commit ends in so many seconds when all votes wait: less than ten minutes is urgent to the node. */
const LEFT_SECONDS = 590n

/**
 * The rival of `name`, before whose `votes` votes it comes. Anvil drops what offers less than the base fee, and other nodes keep and
 * count it: the nonce is written to `file`, by which the node is told so (see taken.ts).
 */
export function createRival(
  { embedded }: Stage,
  chain: WritableChain,
  { name, votes, file }: { readonly name: string; readonly votes: number; readonly file: string },
): Rival {
  const { address } = accountOf(name)
  let nonce: number | undefined
  const waiting = async (): Promise<number> => {
    const { pending, queued } = (await request(embedded.rpcUrl, 'txpool_status', [])) as Record<string, `0x${string}`> // anvil's answer
    return Number(pending) + Number(queued)
  }
  const mined = (): Promise<number> => chain.publicClient.getTransactionCount({ address })
  return {
    async pass(stage, commitEnd) {
      const { time } = await latestBlock(chain)
      const next = async (at: bigint): Promise<'mined'> => {
        await embedded.mineAt(at)
        return 'mined'
      }
      if (stage === 'drawing') {
        // Behind what draws: whether that is sent or not, and again after it was taken back.
        if (nonce === undefined || (await waiting()) === 0) {
          nonce = (await mined()) + 1
          writeFileSync(file, `${nonce}`)
        }
        return next(time + 1n)
      }
      if (stage !== 'voting' || nonce === undefined || (await mined()) > nonce) return 'idle'
      const urgent = commitEnd - LEFT_SECONDS
      const isHeldUp = (await waiting()) >= votes
      return next(isHeldUp && time < urgent ? urgent : time + 1n)
    },
  }
}
