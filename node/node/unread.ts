import type { Hex } from 'viem'
import type { Fixing } from '#protocol/fixing.ts'
import type { Head } from '../chain/port.ts'
import { stakeUnread } from './exposure.ts'
import type { Parts } from './parts.ts'

/** A fixing that is known from before, and tracked only once its log is read, which was not kept. */
export type UnreadFixing = {
  readonly fixing: Fixing
  /** As it was last seen; false before that. */
  isSettled: boolean
}

/** Which of the fixings that are not tracked yet are settled: what this node has in these is not at risk. */
export interface Unread {
  /** Starts a round over those that it has stake in, unless one is running, or was not long ago; never throws. */
  look(head: Head): void
  /** Resolves when no round is running. */
  idle(): Promise<void>
}

/** Between two rounds at least, chain time: an endpoint that has dropped old logs leaves them unread for long. */
const ROUND_SECONDS = 60n

/** Keeps {@link UnreadFixing.isSettled} of `unread` up to date. */
export function createUnread(
  { chain, transactions, log, signal }: Pick<Parts, 'chain' | 'transactions' | 'log' | 'signal'>,
  unread: ReadonlyMap<Hex, UnreadFixing>,
): Unread {
  let running: Promise<void> | undefined
  let nextTime = 0n
  const round = async ({ number }: Head): Promise<void> => {
    for (const [id, one] of unread) {
      if (signal.aborted) return
      if (stakeUnread({ chain, transactions }, id) === 0n) continue
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
