import type { Connection, PeerId } from '@libp2p/interface'
import { peerIdFromString } from '@libp2p/peer-id'
import type { Hex } from 'viem'
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import type { Host } from '../gossip/host.ts'
import type { Taken } from '../gossip/intake.ts'
import type { TakeToken } from './channel.ts'
import { fetchMissing } from './fetch.ts'
import { createSchedule, type SyncTimes } from './schedule.ts'
import { serveSync, type SyncSource } from './serve.ts'

/** The protocol's name. */
export const SYNC_PROTOCOL = '/assize/sync/2'

/** Fetches what gossip does not bring: it never tells a late joiner what was said before. */
export interface Sync {
  /** Asks two random peers, one of them a reporter's if there is one, or all there are; resolves when they answered or failed. */
  now(): Promise<void>
  /** Repeats for as long as the fixing is open: call when its maturity is noticed. */
  open(fixingId: Hex): void
  /** The fixing is settled. */
  close(fixingId: Hex): void
}

/** What syncing works with. */
export type SyncComponents = {
  readonly host: Host
  readonly source: SyncSource
  readonly clock: Clock
  readonly log: Log
  readonly signal: AbortSignal
  readonly schedule: SyncTimes
  /** Judges a message of a peer as if it had come by gossip. */
  readonly admit: (peer: string, bytes: Uint8Array) => Promise<Taken>
  /** By what the requests on one stream of the connection take their tokens. */
  readonly tokensOf: (connection: Pick<Connection, 'remotePeer' | 'remoteAddr'>) => TakeToken
  /** Whether the peer is a registered reporter's. */
  readonly isReporter: (peer: string) => boolean
  /** Uniform in [0, 1). */
  readonly random: () => number
}

const PEERS_AT_ONCE = 2
const STREAMS_PER_PEER = 4
const OPEN_TIMEOUT_MS = 5_000
const SYNC_TIMEOUT_MS = 60_000
/** Before a sync that was cut off, or of which something was throttled, goes on: the peer's tokens come back. */
const PAUSE_MS = 250

/** Serves peers, and syncs with every peer that connects. Call before the host starts. */
export async function startSync(components: SyncComponents): Promise<Sync> {
  const { host, source, clock, log, signal } = components
  const running = new Map<string, Promise<void>>()
  const following = new Map<string, Promise<void>>()

  await host.handle(
    SYNC_PROTOCOL,
    (stream, connection) => {
      const peer = connection.remotePeer.toString()
      serveSync(stream, source, components.tokensOf(connection), signal).catch((error: unknown) => {
        log.debug({ err: error, peer }, 'ended a sync that a peer asked for')
      })
    },
    { maxInboundStreams: STREAMS_PER_PEER, maxOutboundStreams: STREAMS_PER_PEER, runOnLimitedConnection: true },
  )

  const syncWith = (peer: string): Promise<void> => {
    const current = running.get(peer)
    if (current !== undefined) {
      // What made this call, a fixing that just opened, may have come too late for the one that runs: another follows it.
      const next =
        following.get(peer) ??
        current.then(() => {
          following.delete(peer)
          return syncWith(peer)
        })
      following.set(peer, next)
      return next
    }
    const run = pullAll(components, peer)
      .catch((error: unknown) => {
        if (!signal.aborted) log.debug({ err: error, peer }, 'a sync failed')
      })
      .finally(() => running.delete(peer))
    running.set(peer, run)
    return run
  }
  host.addEventListener('peer:connect', ({ detail }) => void syncWith(detail.toString()), { signal })

  const run = (): void =>
    void sync.now().catch((error: unknown) => {
      if (!signal.aborted) log.error({ err: error }, 'a sync by the schedule failed')
    })
  const timetable = createSchedule({ clock, signal, run }, components.schedule)
  const sync: Sync = {
    async now() {
      const peers = shuffled(host.getPeers().map(String), components.random)
      // Whoever makes keys by the hundred is most of the others, and holds back what it likes.
      const trusted = peers.find(components.isReporter)
      const others = peers.filter((peer) => peer !== trusted)
      const chosen = [...(trusted === undefined ? [] : [trusted]), ...others].slice(0, PEERS_AT_ONCE)
      await Promise.all(chosen.map(syncWith))
    },
    open: (fixingId) => timetable.open(fixingId),
    close: (fixingId) => timetable.close(fixingId),
  }
  return sync
}

/** Pulls until nothing is left out. INVARIANT: goes on only after what brought something, so at most once for each message. */
async function pullAll(components: SyncComponents, peer: string): Promise<void> {
  const { clock, log, signal } = components
  for (;;) {
    const taken = new Set<Taken>()
    const admit = async (bytes: Uint8Array): Promise<void> => void taken.add(await components.admit(peer, bytes))
    try {
      await pull(components, peerIdFromString(peer), admit)
      if (!taken.has('throttled') || !taken.has('accept')) return
    } catch (error) {
      if (signal.aborted || !taken.has('accept')) throw error
      log.debug({ err: error, peer }, 'a sync was cut off and goes on')
    }
    await clock.sleep(PAUSE_MS, signal)
  }
}

async function pull(
  { host, source, log, signal }: SyncComponents,
  peer: PeerId,
  admit: (bytes: Uint8Array) => Promise<void>,
): Promise<void> {
  const opening = AbortSignal.any([signal, AbortSignal.timeout(OPEN_TIMEOUT_MS)])
  const stream = await host.dialProtocol(peer, SYNC_PROTOCOL, { signal: opening, runOnLimitedConnection: true })
  const until = AbortSignal.any([signal, AbortSignal.timeout(SYNC_TIMEOUT_MS)])
  const outcome = await fetchMissing(stream, source, admit, until)
  log.debug({ peer: peer.toString(), ...outcome, peerClock: outcome.peerClock.toString() }, 'synced')
}

function shuffled<T>(items: readonly T[], random: () => number): T[] {
  return items
    .map((item) => ({ item, order: random() }))
    .toSorted((a, b) => a.order - b.order)
    .map(({ item }) => item)
}
