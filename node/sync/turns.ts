import type { Clock } from '../clock.ts'
import { PACE_MS, type TakeToken } from './channel.ts'

/** Tokens that many share: whoever asks for more waits for its turn, however many requests it has. */
export interface Turns {
  /**
   * How a request of `peer`, which calls from `place`, takes its token: the places have their turns one after another, and of one place
   * its peers. False if the stream is over before, or 4 096 requests wait already. Throws an AbortError when `signal` aborts.
   */
  of(place: string, peer: string): TakeToken
}

/** What turns are taken by. */
export type TurnsComponents = {
  readonly takeToken: () => boolean
  /** A request did not get a token at once. */
  readonly onWait: () => void
  readonly clock: Pick<Clock, 'sleep'>
  readonly signal: AbortSignal
}

type Waiter = {
  readonly place: string
  readonly peer: string
  readonly isOver: () => boolean
  readonly end: (hasToken: boolean) => void
  readonly fail: (error: unknown) => void
}

/** Far beyond one for each stream that all strangers may have open at once. */
const MAX_WAITING = 4_096

/** Looks for tokens ten times a second, once for all who wait. */
export function createTurns({ takeToken, onWait, clock, signal }: TurnsComponents): Turns {
  // INVARIANT: whose request comes first has its turn next: what is left of a place, and there of a peer, goes behind when it had its turn.
  let queue: Waiter[] = []
  let isRunning = false
  const serveNext = (): void => {
    const [next, ...others] = queue
    const turnsHad = ({ place, peer }: Waiter): number =>
      Number(place === next?.place) + Number(place === next?.place && peer === next.peer)
    queue = others.toSorted((a, b) => turnsHad(a) - turnsHad(b))
    next?.end(true)
  }
  const dropDead = (): void => {
    const all = queue
    queue = all.filter(({ isOver }) => !isOver())
    for (const { isOver, end } of all) if (isOver()) end(false)
  }
  const run = async (): Promise<void> => {
    isRunning = true
    try {
      for (dropDead(); queue.length > 0; dropDead()) {
        while (queue.length > 0 && takeToken()) serveNext()
        if (queue.length > 0) await clock.sleep(PACE_MS, signal)
      }
    } catch (error) {
      for (const { fail } of queue.splice(0)) fail(error)
    } finally {
      isRunning = false
    }
  }
  return {
    of: (place, peer) => (isOver) => {
      if (isOver()) return false
      if (queue.length === 0 && takeToken()) return true
      onWait()
      if (queue.length >= MAX_WAITING) return false
      return new Promise((end, fail) => {
        queue.push({ place, peer, isOver, end, fail })
        if (!isRunning) void run()
      })
    },
  }
}
