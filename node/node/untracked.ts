import type { Hex } from 'viem'
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
  /** The chain was undone: what was settled for good may not be. */
  startOver(): void
  /** Resolves when no round is running. */
  idle(): Promise<void>
}

/** Between two rounds at least, chain time: an endpoint that has dropped old logs leaves them as they are for long. */
const ROUND_SECONDS = 60n

/** Keeps {@link UntrackedFixing.isSettled} up to date, until it was seen so again in a block that much later that no undone one says so. */
export function createUntracked(
  { chain, transactions, config, log, signal }: Pick<Parts, 'chain' | 'transactions' | 'config' | 'log' | 'signal'>,
  { unread, unheld }: Pick<LoopState, 'unread' | 'unheld'>,
): Untracked {
  let running: Promise<void> | undefined
  let nextTime = 0n
  /** Another one after each undone chain: what is being asked then is of the one before. */
  let chainCount = 0
  /** The block at which each was first seen settled. */
  const since = new Map<Hex, bigint>()
  /** Of which nothing is asked any more: what is lost is never claimed, so that it would be for ever. */
  const sure = new Set<Hex>()
  const note = (id: Hex, one: UntrackedFixing, isSettled: boolean, number: bigint): void => {
    one.isSettled = isSettled
    const first = since.get(id)
    if (!isSettled) since.delete(id)
    else if (first === undefined) since.set(id, number)
    else if (number >= first + BigInt(config.confirmations)) sure.add(id)
  }
  const round = async (head: Head): Promise<void> => {
    const ofChain = chainCount
    for (const [id, one] of [...unread, ...unheld]) {
      if (signal.aborted || chainCount !== ofChain) return
      if (sure.has(id) || stakeUntracked({ chain, transactions }, id) === 0n) continue
      try {
        const { phase } = await chain.snapshot(one.fixing, head)
        if (chainCount === ofChain) note(id, one, phase === 'settled', head.number)
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
    startOver() {
      chainCount += 1
      nextTime = 0n
      since.clear()
      sure.clear()
      for (const one of [...unread.values(), ...unheld.values()]) one.isSettled = false
    },
    idle: async () => running,
  }
}
