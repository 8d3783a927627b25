import { peerIdFromMultihash, peerIdFromString } from '@libp2p/peer-id'
import { decode } from 'multiformats/hashes/digest'
import type { Hex } from 'viem'
import { bytesToHex, hexToBytes } from 'viem/utils'
import { openAddressBook } from '../gossip/address-book.ts'
import { forgetStrangers } from '../gossip/forget-strangers.ts'
import { createHost, type Host } from '../gossip/host.ts'
import { keepPeers, type Peers, peerOf } from '../gossip/peers.ts'
import { seekPeers } from '../gossip/seek.ts'
import { dropSlowReaders } from '../gossip/slow-readers.ts'
import type { Topics } from '../gossip/topics.ts'
import { takenPortRemedy } from '../ground/taken-port.ts'
import type { NetworkComponents, NetworkOptions } from './network.ts'

/** The peers of a node, of whom it knows which are reporters. */
export type KnownPeers = Peers & {
  /** Connected peers whose key a reporter registered. */
  readonly reporters: number
  /** Registered peer ids of others that could be connected. */
  readonly sought: number
  /** Every connection, and whether a relay carries it. */
  connections(): readonly { readonly peer: string; readonly isRelayed: boolean }[]
}

/** A host that is not started yet, and what keeps it in company once it is. */
export type Company = {
  readonly host: Host
  /** Whether the peer goes before others: a reporter's, or one that the operator named. */
  readonly isPreferred: (peer: string) => boolean
  /** Starts the host, and keeps peers connected. Throws {@link ListenError}, MultiaddrError. */
  start(): Promise<KnownPeers>
  /** Looks for nobody any more, writes the address book and stops the host. */
  stop(): Promise<void>
}

/** Relays that are tried for a reporter that is reached in no other way. */
const MAX_RELAYS = 4

/** Makes the host of a node. Reporters and peers that the operator named go before others. */
export async function gatherCompany(
  components: Pick<NetworkComponents, 'privateKey' | 'isRegistered' | 'registered' | 'clock' | 'log' | 'signal'>,
  options: NetworkOptions,
  topics: Topics,
  isQuarantined: (peer: string) => boolean,
): Promise<Company> {
  const { clock, log } = components
  const ending = new AbortController()
  const signal = AbortSignal.any([components.signal, ending.signal])
  const { relay, addressBook } = options
  const named = new Set<string>()
  const namedHosts = new Set<string>()
  const isRegistered = (peer: string): boolean => components.isRegistered(bytesOfPeer(peer))
  const isNamedHost = (name: string): boolean => namedHosts.has(name)
  const isNamed = (peer: string): boolean => named.has(peer)
  const isPreferred = (peer: string): boolean => isRegistered(peer) || isNamed(peer)
  const host = await createHost({
    ...options,
    ...components,
    topics,
    isRegistered,
    isNamed,
    isNamedHost,
    isQuarantined,
  })
  let seeking = Promise.resolve()
  let watching = Promise.resolve()
  let forgetting = Promise.resolve()
  return {
    host,
    isPreferred,
    async start() {
      const book = await openAddressBook(addressBook, isPreferred)
      await start(host, options.listen)
      const via = relay?.via ?? []
      // Whoever the operator named may be a relay of others.
      const relays = [...via, ...options.bootstrap].slice(0, MAX_RELAYS)
      const registered = createRegistered(components.registered ?? (() => []))
      seeking = seekPeers({ host, registered, isQuarantined, book, relays, clock, log, signal }).catch(
        (error: unknown) => {
          if (!signal.aborted) log.error({ err: error }, 'stopped looking for peers')
        },
      )
      watching = dropSlowReaders(host, { clock, log, signal }).catch((error: unknown) => {
        if (!signal.aborted) log.error({ err: error }, 'stopped looking for peers that do not read')
      })
      const kept = (): ReadonlySet<string> =>
        new Set([...registered(), ...named, ...book.entries().map(({ peer }) => peer)])
      forgetting = forgetStrangers(host, kept, { clock, log, signal }).catch((error: unknown) => {
        if (!signal.aborted) log.error({ err: error }, 'stopped forgetting peers that are gone')
      })
      const peers = keepPeers(host, [], { clock, signal, log })
      const add = (address: string): void => {
        const { peer, host: name } = peerOf(address)
        // Before it is dialled: a named peer may have a private address.
        if (peer !== undefined) named.add(peer)
        if (name !== undefined) namedHosts.add(name)
        peers.add(address)
      }
      for (const address of [...options.bootstrap, ...via]) add(address)
      return {
        add,
        get connected() {
          return peers.connected
        },
        connections: () =>
          host.getConnections().map(({ remotePeer, limits }) => {
            return { peer: remotePeer.toString(), isRelayed: limits !== undefined }
          }),
        get sought() {
          return [...registered()].filter((peer) => peer !== host.peerId.toString()).length
        },
        get reporters() {
          return host.getPeers().filter((peer) => isRegistered(peer.toString())).length
        },
      }
    },
    async stop() {
      ending.abort()
      await Promise.all([seeking, watching, forgetting])
      await host.stop()
    },
  }
}

/** A peer id as a reporter registers it. */
export function bytesOfPeer(peer: string): Hex {
  return bytesToHex(peerIdFromString(peer).toMultihash().bytes)
}

/** Peer ids of reporters as libp2p writes them; what is registered and is no peer id is left out. */
function createRegistered(registered: () => Iterable<Hex>): () => ReadonlySet<string> {
  let known = new Map<Hex, string | undefined>()
  return () => {
    const now = [...registered()]
    known = new Map(now.map((peerId) => [peerId, known.has(peerId) ? known.get(peerId) : textOfPeer(peerId)]))
    return new Set([...known.values()].flatMap((text) => text ?? []))
  }
}

function textOfPeer(peerId: Hex): string | undefined {
  try {
    return peerIdFromMultihash(decode(hexToBytes(peerId))).toString()
  } catch {
    return undefined
  }
}

async function start(host: Host, listen: readonly string[]): Promise<void> {
  try {
    await host.start()
  } catch (cause) {
    await host.stop()
    throw new ListenError(listen, { cause })
  }
}

/** What the system said of each address; libp2p writes an address, and behind it the stack of its error. */
function reasonsOf(cause: unknown): string {
  if (!(cause instanceof Error)) return 'an unknown failure'
  const reasons = Array.from(
    cause.message.matchAll(/^ {2}(\/\S+): (?:Error: )?(.*)$/gm),
    ([, at, why]) => `${at}: ${why}`,
  )
  return reasons.length > 0 ? reasons.join('; ') : (cause.message.split('\n', 1)[0] ?? '')
}

function remedy(reasons: string): string {
  const [, port] = /\/(?:tcp|udp)\/(\d+)\b[^;]* EADDRINUSE/.exec(reasons) ?? []
  if (port !== undefined) return takenPortRemedy(port, 'in listen')
  if (reasons.includes(' EACCES')) return 'Take one above 1023 in listen.'
  if (reasons.includes(' EADDRNOTAVAIL')) return 'Correct listen: it must be an address of this machine.'
  return 'Free the port or change listen.'
}

/** libp2p cannot listen where it should. */
export class ListenError extends Error {
  override readonly name = 'Network.ListenError'
  readonly listen: readonly string[]
  constructor(listen: readonly string[], options: ErrorOptions) {
    const reasons = reasonsOf(options.cause)
    super(`Expected to listen on ${listen.join(', ')}, got "${reasons}". ${remedy(reasons)}`, options)
    this.listen = listen
  }
}
