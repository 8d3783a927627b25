import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import type { Host } from './host.ts'

/** Strangers that are remembered while they are not connected: some 6 kB each. */
const MAX_STRANGERS = 512
const LOOK_MS = 10_000

/**
 * Has the host forget peers that are gone: whoever has only called once is remembered for ever otherwise, and keys cost nothing. Those
 * that are `kept`, or that libp2p has tagged, stay, and of the others the 512 that came last. Ends when `signal` aborts.
 */
export async function forgetStrangers(
  host: Pick<Host, 'getPeers' | 'peerStore'>,
  kept: () => ReadonlySet<string>,
  { clock, log, signal }: { readonly clock: Clock; readonly log: Log; readonly signal: AbortSignal },
): Promise<void> {
  let away: ReadonlySet<string> = new Set()
  while (!signal.aborted) {
    const stay = new Set([...kept(), ...host.getPeers().map(String)])
    const strangers = (await host.peerStore.all())
      .filter(({ id, tags }) => tags.size === 0 && !stay.has(id.toString()))
      .map(({ id }) => id)
    // They come in the order in which they were seen first. Who leaves just now is still asked for, by those that end with it.
    const gone = strangers.slice(0, -MAX_STRANGERS).filter((id) => away.has(id.toString()))
    for (const id of gone) {
      // It may have come back since the others were asked for.
      if (!host.getPeers().some((peer) => peer.equals(id))) await host.peerStore.delete(id)
    }
    if (gone.length > 0) log.debug({ peers: gone.length }, 'peers that are gone are forgotten')
    away = new Set(strangers.map(String))
    await clock.sleep(LOOK_MS, signal).catch(() => undefined)
  }
}
