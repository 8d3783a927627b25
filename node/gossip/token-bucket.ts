import { putNewest } from '../ground/newest.ts'

/** How much work one peer may cause: `capacity` at once, `perSecond` in the long run. */
export type Rate = { readonly capacity: number; readonly perSecond: number }

/** Counts work per peer; bounded to the peers used last. */
export interface TokenBuckets {
  /** Takes one token of `peer`; false if there is none left. `nowMs` never goes back. */
  take(peer: string, nowMs: number): boolean
  /** Gives the peer back a token that it took. */
  giveBack(peer: string): void
}

/** Buckets for at most `maxPeers` peers; the one unused longest is forgotten first (and would start full again). */
export function createTokenBuckets(rate: Rate, maxPeers: number): TokenBuckets {
  const buckets = new Map<string, { tokens: number; atMs: number }>()
  return {
    take(peer, nowMs) {
      const last = buckets.get(peer) ?? { tokens: rate.capacity, atMs: nowMs }
      const refilled = last.tokens + ((nowMs - last.atMs) * rate.perSecond) / 1000
      const tokens = Math.min(rate.capacity, refilled)
      putNewest(buckets, peer, { tokens: tokens >= 1 ? tokens - 1 : tokens, atMs: nowMs }, maxPeers)
      return tokens >= 1
    },
    giveBack(peer) {
      const bucket = buckets.get(peer)
      if (bucket !== undefined) bucket.tokens = Math.min(rate.capacity, bucket.tokens + 1)
    },
  }
}
