import type { Parts } from './parts.ts'

/** How long peers are waited for before acting, milliseconds. */
const CATCH_UP_MS = 3_000

/** How many peers a message should reach at once; gossip and sync do the rest. */
export function wantedPeers(reporters: number): number {
  return Math.max(0, Math.min(4, reporters - 1))
}

/** Hears what peers know, for as long as they may take. */
export async function catchUp({ network, clock, signal }: Parts): Promise<void> {
  const patience = new AbortController()
  const until = AbortSignal.any([signal, patience.signal])
  const bored = clock.sleep(CATCH_UP_MS, until).catch(() => undefined)
  await Promise.race([network.sync.now(), bored])
  patience.abort()
  signal.throwIfAborted()
}
