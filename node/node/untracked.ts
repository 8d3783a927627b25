import type { Fixing } from '#protocol/fixing.ts'
import type { Head } from '../chain/port.ts'
import { stakeUntracked } from './exposure.ts'
import type { LoopState } from './loop.ts'
import type { Parts } from './parts.ts'

/** A fixing that is known from before, and not tracked: its log was not kept and is not read yet, or its document is not held. */
export type UntrackedFixing = {
  readonly fixing: Fixing
  /** As it was last seen; false before that. */
  isSettled: boolean
}

/** Which of the fixings that are not tracked are settled: what this node has in these is not at risk. */
export interface Untracked {
  /** Starts a round over those that it has stake in, unless one is running, or was not long ago; never throws. */
  look(head: Head): void
  /** Resolves when no round is running. */
  idle(): Promise<void>
}

/** Between two rounds at least, chain time: an endpoint that has dropped old logs leaves them as they are for long. */
const ROUND_SECONDS = 60n

/** Keeps {@link UntrackedFixing.isSettled} up to date. */
export function createUntracked(
  { chain, transactions, log, signal }: Pick<Parts, 'chain' | 'transactions' | 'log' | 'signal'>,
  { unread, unheld }: Pick<LoopState, 'unread' | 'unheld'>,
): Untracked {
  let running: Promise<void> | undefined
  let nextTime = 0n
  const round = async ({ number }: Head): Promise<void> => {
    for (const [id, one] of [...unread, ...unheld]) {
      if (signal.aborted) return
      if (stakeUntracked({ chain, transactions }, id) === 0n) continue
      try {
        one.isSettled = (await chain.snapshot(one.fixing, number)).phase === 'settled'
      } catch (error) {
        log.debug({ err: error, fixingId: id }, 'whether a fixing is settled cannot be read')
      }
    }
  }
  return {
    look(head) {
      if (running !== undefined || head.time < nextTime) return
      nextTime = head.time + ROUND_SECONDS
      running = round(head).finally(() => {
        running = undefined
      })
    },
    idle: async () => running,
  }
}
