import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import type { Host } from './host.ts'

/** What may wait at once for a peer that does not read, bytes: more than a burst of twenty full rosters is. */
export const MAX_WAITING_BYTES = 2_097_152
/** With more than this waiting at every look for {@link PATIENCE_MS} a peer does not keep up. */
const SLOW_BYTES = 65_536
const PATIENCE_MS = 30_000
const LOOK_MS = 1_000

/**
 * Ends connections whose other side does not read: libp2p keeps whatever is sent meanwhile, without a bound. Peers that were only
 * slow call again, and sync what they have missed. Ends when `signal` aborts.
 */
export async function dropSlowReaders(
  host: Pick<Host, 'getConnections'>,
  { clock, log, signal }: { readonly clock: Clock; readonly log: Log; readonly signal: AbortSignal },
): Promise<void> {
  let slow = new Map<string, number>()
  while (!signal.aborted) {
    const still = new Map<string, number>()
    for (const connection of host.getConnections()) {
      const waiting = connection.streams.reduce((sum, { writeBufferLength }) => sum + writeBufferLength, 0)
      if (waiting <= SLOW_BYTES) continue
      const sinceMs = slow.get(connection.id) ?? clock.monotonicMs()
      still.set(connection.id, sinceMs)
      if (waiting <= MAX_WAITING_BYTES && clock.monotonicMs() - sinceMs < PATIENCE_MS) continue
      log.debug({ peer: connection.remotePeer.toString(), waiting }, 'a peer does not read')
      connection.abort(new SlowReaderError(waiting))
    }
    slow = still
    await clock.sleep(LOOK_MS, signal).catch(() => undefined)
  }
}

/** A peer does not read what it is sent. */
export class SlowReaderError extends Error {
  override readonly name = 'Gossip.SlowReaderError'
  readonly waiting: number
  constructor(waiting: number) {
    super(`Expected a peer to read what it is sent, got ${waiting} bytes that wait for it.`)
    this.waiting = waiting
  }
}
