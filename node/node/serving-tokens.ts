import type { Clock } from '../clock.ts'
import { createTokenBuckets, type Rate } from '../gossip/token-bucket.ts'
import { patiently, type TakeToken } from '../sync/channel.ts'
import { createTurns } from '../sync/turns.ts'

/** What {@link servingTokens} counts by. */
export type Serving = {
  /** Of one peer that is preferred, and of all others, the strangers, together. */
  readonly rate: Rate
  /** Peers whose tokens are counted at once. */
  readonly maxPeers: number
  /** Whether it is a reporter's, or the operator named it. Before the registry was read no reporter is known: all share until then. */
  readonly isPreferred: (peer: string) => boolean
  readonly clock: Pick<Clock, 'monotonicMs' | 'sleep'>
  readonly signal: AbortSignal
}

/** By what the requests of a peer on one stream take their tokens, and how many had to wait for them. */
export interface ServingTokens {
  /** Of a peer that calls from `place`. */
  of(peer: string, place: string): TakeToken
  readonly waited: { readonly strangers: number; readonly reporters: number }
}

/**
 * A peer that is preferred has tokens of its own. Strangers share theirs, and each place that they call from has its turn, so that
 * neither new keys nor more streams get anybody more of them.
 */
export function servingTokens({ rate, maxPeers, isPreferred, clock, signal }: Serving): ServingTokens {
  const own = createTokenBuckets(rate, maxPeers)
  const shared = createTokenBuckets(rate, 1)
  const waited = { strangers: 0, reporters: 0 }
  const turns = createTurns({
    takeToken: () => shared.take('strangers', clock.monotonicMs()),
    onWait: () => (waited.strangers += 1),
    clock,
    signal,
  })
  return {
    of(peer, place) {
      const takeOwn = (): boolean => own.take(peer, clock.monotonicMs())
      const inTurn = turns.of(place, peer)
      const ofOwn = patiently(takeOwn, clock, signal)
      return (isOver) => {
        if (!isPreferred(peer)) return inTurn(isOver)
        if (isOver()) return false
        if (takeOwn()) return true
        waited.reporters += 1
        return ofOwn(isOver)
      }
    },
    waited,
  }
}
