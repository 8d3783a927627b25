import type { PeerId } from '@libp2p/interface'
import { peerIdFromString } from '@libp2p/peer-id'
import { multiaddr, type Multiaddr } from '@multiformats/multiaddr'
import type { Clock } from '../clock.ts'
import { addNewest } from '../ground/newest.ts'
import type { Log } from '../log.ts'
import type { AddressBook } from './address-book.ts'
import type { Host } from './host.ts'

/** What seeking works with. */
export type SeekComponents = {
  readonly host: Host
  /** Peer ids of registered reporters. */
  readonly registered: () => Iterable<string>
  readonly isQuarantined: (peer: string) => boolean
  readonly book: AddressBook
  /** Peers through which reporters may be called: multiaddrs with a peer id. */
  readonly relays: readonly string[]
  readonly clock: Clock
  readonly log: Log
  readonly signal: AbortSignal
}

const LOOK_MS = 1_000
const SAVE_MS = 30_000
const FIRST_RETRY_MS = 1_000
const LAST_RETRY_MS = 600_000
const DIAL_TIMEOUT_MS = 15_000
const MAX_DIALS = 8
/** With fewer peers than this, others of the book and those that were discovered are dialled too. */
const WANTED_PEERS = 8
const MAX_TRIED = 4_096

/**
 * Keeps a connection to every registered reporter that can be found: by the address book, by what peers say of themselves,
 * by the DHT if there is one, and through the relays. With few peers it dials others, too. Ends when `signal` aborts.
 */
export async function seekPeers(components: SeekComponents): Promise<void> {
  const { host, book, clock, log, signal } = components
  for (const { peer, addresses } of book.entries()) await introduce(host, peer, addresses)
  const stop = keepNotes(components)
  const tries = new Map<string, { count: number; nextMs: number; isRunning: boolean }>()
  const isDue = (peer: string): boolean => {
    const state = tries.get(peer)
    return state === undefined || (!state.isRunning && clock.monotonicMs() >= state.nextMs)
  }
  const attempt = (peer: string): void => {
    const state = tries.get(peer) ?? { count: 0, nextMs: 0, isRunning: false }
    if ([...tries.values()].filter(({ isRunning }) => isRunning).length >= MAX_DIALS) return
    const [oldest] = tries.keys()
    if (!tries.has(peer) && tries.size >= MAX_TRIED && oldest !== undefined) tries.delete(oldest)
    tries.set(peer, state)
    state.isRunning = true
    reach(components, peerIdFromString(peer))
      .then(
        () => (state.count = 0),
        (error: unknown) => {
          state.count += 1
          if (!signal.aborted) log.debug({ err: error, peer }, 'a peer cannot be reached')
        },
      )
      .finally(() => {
        state.isRunning = false
        state.nextMs = clock.monotonicMs() + Math.min(FIRST_RETRY_MS * 2 ** state.count, LAST_RETRY_MS)
      })
  }
  const discovered = new Set<string>()
  host.addEventListener('peer:discovery', ({ detail }) => addNewest(discovered, detail.id.toString(), MAX_TRIED), {
    signal,
  })
  let savedMs = clock.monotonicMs()
  try {
    while (!signal.aborted) {
      for (const peer of wanted(components, discovered, isDue)) attempt(peer)
      if (clock.monotonicMs() - savedMs >= SAVE_MS) {
        savedMs = clock.monotonicMs()
        await save(components)
      }
      await clock.sleep(LOOK_MS, signal).catch(() => undefined)
    }
  } finally {
    stop()
    await save(components)
  }
}

/** Whom to dial now: reporters first, others while there are few peers, of them what was discovered last before what may be long gone. Those that wait for their turn keep nobody else from it. */
function wanted(
  { host, registered, book, isQuarantined }: SeekComponents,
  discovered: ReadonlySet<string>,
  isDue: (peer: string) => boolean,
): readonly string[] {
  const connected = new Set(host.getPeers().map(String))
  const isWanted = (peer: string): boolean =>
    peer !== host.peerId.toString() && !connected.has(peer) && !isQuarantined(peer) && isDue(peer)
  const reporters = [...registered()].filter(isWanted)
  const room = Math.max(0, WANTED_PEERS - connected.size)
  const others =
    room === 0 ? [] : [...book.entries().map(({ peer }) => peer), ...[...discovered].toReversed()].filter(isWanted)
  return [...reporters, ...others.slice(0, room)]
}

/** Dials what is known of the peer, or found by the DHT; then through the relays. */
async function reach({ host, relays, signal }: SeekComponents, peer: PeerId): Promise<void> {
  const until = (): AbortSignal => AbortSignal.any([signal, AbortSignal.timeout(DIAL_TIMEOUT_MS)])
  try {
    await host.dial(peer, { signal: until() })
  } catch (error) {
    const circuits = relays
      .filter((relay) => !relay.endsWith(`/${peer.toString()}`))
      .map((relay): Multiaddr => multiaddr(`${relay}/p2p-circuit/p2p/${peer.toString()}`))
    if (circuits.length === 0) throw error
    await host.dial(circuits, { signal: until() })
  }
}

/** Notes where peers were reached, and what reporters say of themselves. */
function keepNotes({ host, registered, book, clock }: SeekComponents): () => void {
  const controller = new AbortController()
  const { signal } = controller
  host.addEventListener(
    'connection:open',
    ({ detail: { direction, limits, remoteAddr, remotePeer } }) => {
      if (direction !== 'outbound' || limits !== undefined) return
      book.note(remotePeer.toString(), withoutPeer(remoteAddr), clock.now())
    },
    { signal },
  )
  host.addEventListener(
    'peer:identify',
    ({ detail: { peerId, signedPeerRecord, connection } }) => {
      // Where an inbound connection comes from is not where the peer listens; its signature says where that is.
      if (connection.direction !== 'inbound' || ![...registered()].includes(peerId.toString())) return
      for (const address of signedPeerRecord?.addresses.slice(0, 4).toReversed() ?? []) {
        book.note(peerId.toString(), withoutPeer(address), clock.now())
      }
    },
    { signal },
  )
  return () => controller.abort()
}

function withoutPeer(address: Multiaddr): string {
  return address.toString().replace(/\/p2p\/[^/]+$/, '')
}

/** Tells the host where the peer may be; what is no address of today is left out. */
async function introduce(host: Host, peer: string, addresses: readonly string[]): Promise<void> {
  try {
    await host.peerStore.merge(peerIdFromString(peer), { multiaddrs: addresses.map((text) => multiaddr(text)) })
  } catch {
    // Written by another version, or by hand: the peer will be found in another way.
  }
}

async function save({ book, log }: SeekComponents): Promise<void> {
  try {
    await book.save()
  } catch (error) {
    log.warn({ err: error }, 'the address book cannot be written')
  }
}
