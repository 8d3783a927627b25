import type { Fixing } from '#protocol/fixing.ts'
import type { Parts } from './parts.ts'

/** How long peers are waited for before acting, milliseconds. */
const CATCH_UP_MS = 3_000

/** How many peers a message should reach at once; gossip and sync do the rest. */
export function wantedPeers(reporters: number): number {
  return Math.max(0, Math.min(4, reporters - 1))
}

type Waiting = Pick<Parts, 'network' | 'clock' | 'signal'>

/**
 * Catches up for each fixing that matured before this call, by the clock of then or by that of now; of others it knows that nobody was told
 * by an earlier life of this node. A clock that follows the chain counts from its first block on.
 */
export function catchUpOnOld(parts: Waiting): (fixing: Fixing) => Promise<void> {
  const { clock } = parts
  const startMs = clock.monotonicMs()
  let start = clock.now()
  return async ({ maturity }) => {
    if (start === 0n) start = clock.now()
    const seconds = Math.floor((clock.monotonicMs() - startMs) / 1_000)
    if (maturity <= start || clock.now() - maturity > seconds) await catchUp(parts)
  }
}

/** Hears what peers know, for as long as they may take. */
export async function catchUp({ network, clock, signal }: Waiting): Promise<void> {
  const patience = new AbortController()
  const until = AbortSignal.any([signal, patience.signal])
  const bored = clock.sleep(CATCH_UP_MS, until).catch(() => undefined)
  await Promise.race([network.sync.now(), bored])
  patience.abort()
  signal.throwIfAborted()
}
