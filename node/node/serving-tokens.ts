import type { Hex } from 'viem'
import type { Clock } from '../clock.ts'
import { createTokenBuckets, type Rate } from '../gossip/token-bucket.ts'
import { bytesOfPeer } from './network-host.ts'

/** What {@link servingTokens} counts by. */
export type Serving = {
  /** Of one peer, and of all strangers together. */
  readonly rate: Rate
  /** Peers whose tokens are counted at once. */
  readonly maxPeers: number
  /** Whether a reporter registered this binary peer id. Before the registry was read nobody has: all share until then. */
  readonly isRegistered: (peerId: Hex) => boolean
  readonly clock: Pick<Clock, 'monotonicMs'>
}

/**
 * What a peer's requests on one stream take their tokens by: its own, and if it is a stranger one of those that all strangers share. New
 * keys cost nothing, and each has its own tokens in full.
 */
export function servingTokens({ rate, maxPeers, isRegistered, clock }: Serving): (peer: string) => () => boolean {
  const own = createTokenBuckets(rate, maxPeers)
  const shared = createTokenBuckets(rate, 1)
  return (peer) => {
    const peerId = bytesOfPeer(peer)
    return () => {
      const nowMs = clock.monotonicMs()
      if (!own.take(peer, nowMs)) return false
      if (isRegistered(peerId) || shared.take('strangers', nowMs)) return true
      // Whoever waits for the others has not been served.
      own.giveBack(peer)
      return false
    }
  }
}
