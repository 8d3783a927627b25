import type { LookupFunction } from 'node:net'
import { noise } from '@chainsafe/libp2p-noise'
import { circuitRelayTransport } from '@libp2p/circuit-relay-v2'
import { gossipsub, type GossipSub, StrictNoSign } from '@libp2p/gossipsub'
import { identify, type Identify } from '@libp2p/identify'
import type { ConnectionGater, Libp2p, PrivateKey, TopologyFilter } from '@libp2p/interface'
import { kadDHT, type KadDHTComponents, passthroughMapper } from '@libp2p/kad-dht'
import { mdns } from '@libp2p/mdns'
import { ping, type Ping } from '@libp2p/ping'
import { tcp } from '@libp2p/tcp'
import { getNetConfig, isNetworkAddress, isPrivate } from '@libp2p/utils'
import { yamux } from '@libp2p/yamux'
import { multiaddr, type Multiaddr } from '@multiformats/multiaddr'
import { bytesToHex } from 'viem/utils'
import { createLibp2p, type Libp2pOptions } from 'libp2p'
import type { Clock } from '../clock.ts'
import { type Admission, type ConnectionLimits, createAdmission } from './admission.ts'
import { type CheckedNames, createCheckedNames } from './checked-names.ts'
import { messageId } from './message-id.ts'
import { NO_RECORDS } from './no-records.ts'
import { publicLookup } from './public-lookup.ts'
import { type RelayOptions, relayRules, relayServices } from './relay.ts'
import { scoring } from './score.ts'
import type { Topics } from './topics.ts'

type Services = { readonly pubsub: GossipSub; readonly identify: Identify; readonly ping: Ping }

/** A libp2p host: TCP and relays, noise, yamux, gossipsub. */
export type Host = Libp2p<Services>

/** What a host is made of. */
export type HostOptions = {
  readonly privateKey: PrivateKey
  /** Multiaddrs. */
  readonly listen: readonly string[]
  readonly topics: Topics
  readonly isRegistered: (peerId: string) => boolean
  /** Peers that may neither be dialled nor call. */
  readonly isQuarantined: (peerId: string) => boolean
  /** Loopback mode, for tests and the demo: many peers share one address. */
  readonly test: boolean
  /** Whether the operator named the peer; by default none. */
  readonly isNamed?: (peerId: string) => boolean
  /** Whether the operator named a host of that name, which may be a private one; by default none. */
  readonly isNamedHost?: (host: string) => boolean
  /** By what names are looked up; by default the system's. */
  readonly lookup?: LookupFunction
  readonly clock: Pick<Clock, 'monotonicMs'>
  readonly limits?: ConnectionLimits
  readonly discovery?: DiscoveryOptions
  readonly relay?: RelayOptions
  /** Where others can call the host, beside where it listens: multiaddrs. */
  readonly announce?: readonly string[]
}

/** How peers are found beside those that the operator named. */
export type DiscoveryOptions = {
  /** Peers of the same local network say so by multicast. */
  readonly mdns: boolean
  /** A distributed hash table of this deployment's nodes. */
  readonly dht: boolean
  /** Private addresses that others tell are dialled, too: for a network of one's own. */
  readonly privateAddresses: boolean
}

const SEEN_TTL_MS = 600_000
const MAX_INBOUND_BYTES = 524_288
/** What a node does whose operator says nothing. */
export const DEFAULT_LIMITS: ConnectionLimits = { max: 320, reserved: 200, perAddress: 8, perAddressPerSecond: 5 }
/** Loopback is one address; libp2p's own limit is 5 a second. */
const TEST_LIMITS: ConnectionLimits = { max: 1_000, reserved: 500, perAddress: 500, perAddressPerSecond: 1_000 }
const NO_DISCOVERY: DiscoveryOptions = { mdns: false, dht: false, privateAddresses: false }
const NO_RELAY: RelayOptions = { serve: false, reservations: 0, via: [] }
/** Calls whose peers have not proved their keys. */
const PENDING_CALLS = 200
const HANDSHAKE_MS = 5_000

/** Makes the host, not yet started: validators and protocols are set first. */
export async function createHost(options: HostOptions): Promise<Host> {
  const { limits = options.test ? TEST_LIMITS : DEFAULT_LIMITS, relay = NO_RELAY } = options
  const isPreferred = (peer: string): boolean => options.isRegistered(peer) || options.isNamed?.(peer) === true
  const isOurs = (peer: string): boolean => peer === host.peerId.toString() || options.isNamed?.(peer) === true
  const names = createCheckedNames(
    isOurs,
    publicLookup(() => false, options.lookup),
  )
  const extra = { ...discoveryServices(options, names), ...relayServices(relay) }
  const host: Host = await createLibp2p<Services>({
    start: false,
    privateKey: options.privateKey,
    addresses: {
      listen: [...options.listen, ...relay.via.map(() => '/p2p-circuit')],
      appendAnnounce: [...(options.announce ?? []), ...options.listen.filter(isPublic)],
    },
    transports: [tcp({ dialOpts: dialling(options) }), circuitRelayTransport({ discoveryFilter: onlyNamed(options) })],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    peerDiscovery: peerDiscovery(options),
    connectionManager: {
      maxConnections: limits.max,
      inboundConnectionThreshold: limits.perAddressPerSecond,
      maxIncomingPendingConnections: PENDING_CALLS,
      inboundUpgradeTimeout: HANDSHAKE_MS,
    },
    connectionGater: {
      ...gater(options, createAdmission(limits, isPreferred, options.clock)),
      ...relayRules(relay, isPreferred, () => host),
    },
    services: {
      identify: identify(),
      ping: ping(),
      pubsub: gossipsub(gossipOptions(options)),
      ...extra,
    },
  })
  // Names are told to others by the hash table alone.
  if (options.discovery?.dht === true) {
    host.addEventListener('peer:identify', ({ detail: { peerId, signedPeerRecord } }) => {
      void names.check(peerId.toString(), signedPeerRecord?.addresses ?? [])
    })
  }
  return host
}

function gater(options: HostOptions, admission: Admission): ConnectionGater {
  const { isNamed } = options
  const isUnwelcome = (peer: { toString(): string }): boolean => options.isQuarantined(peer.toString())
  const dialsPrivate = isAtHome(options)
  return {
    // Peers say where others are: without this a stranger could have us knock at any door of our own network.
    denyDialMultiaddr: (address) =>
      !dialsPrivate && isPrivate(address) && !peersOf(address).some((peer) => isNamed?.(peer) === true),
    denyDialPeer: isUnwelcome,
    denyInboundConnection: (connection) => !admission.admitsCall(connection),
    denyInboundEncryptedConnection: (peer, connection) => isUnwelcome(peer) || !admission.admitsPeer(peer, connection),
    denyOutboundEncryptedConnection: (peer, connection) => !admission.admitsPeer(peer, connection),
  }
}

/** Whether private addresses are dialled, whoever tells them. */
function isAtHome({ test, discovery = NO_DISCOVERY }: HostOptions): boolean {
  return test || discovery.mdns || discovery.privateAddresses
}

function dialling(options: HostOptions): { readonly noDelay: true; readonly lookup: LookupFunction } {
  const mayBePrivate = (host: string): boolean => isAtHome(options) || options.isNamedHost?.(host) === true
  return { noDelay: true, lookup: publicLookup(mayBePrivate, options.lookup) }
}

/** A public address that somebody wrote down is one's own: libp2p alone would tell nobody of it. */
function isPublic(address: string): boolean {
  const target = multiaddr(address)
  const isSomewhere = isNetworkAddress(target) && !['0.0.0.0', '::'].includes(getNetConfig(target).host)
  return isSomewhere && !isPrivate(target) && !address.endsWith('/tcp/0')
}

/** A stranger that offers to be our relay could listen to who calls, and refuse whom it likes. */
function onlyNamed({ isNamed }: HostOptions): TopologyFilter {
  return { has: (peer) => isNamed?.(peer.toString()) !== true, add: () => undefined, remove: () => undefined }
}

/** The peers that an address names: the last, and the relays before it. */
function peersOf(address: Multiaddr): string[] {
  return address.getComponents().flatMap(({ name, value }) => (name === 'p2p' && value !== undefined ? [value] : []))
}

function discoveryServices(options: HostOptions, names: CheckedNames): Record<string, unknown> {
  const { topics, discovery = NO_DISCOVERY } = options
  if (!discovery.dht) return {}
  const protocol = topics.observation.replace(/observation$/, 'kad')
  const dht = kadDHT({
    protocol,
    clientMode: false,
    peerInfoMapper: isAtHome(options) ? passthroughMapper : (peer) => names.toTell(peer),
  })
  return { dht: (components: KadDHTComponents) => dht(withoutRecords(components)) }
}

/** The host's own datastore, in which it has its peers, is kept from the hash table: strangers could fill it. */
function withoutRecords(components: KadDHTComponents): KadDHTComponents {
  // Some components are made later than the hash table.
  return new Proxy(components, {
    get: (all, name): unknown => (name === 'datastore' ? NO_RECORDS : Reflect.get(all, name)),
  })
}

function peerDiscovery({ topics, discovery = NO_DISCOVERY }: HostOptions): NonNullable<Libp2pOptions['peerDiscovery']> {
  if (!discovery.mdns) return []
  // mDNS names have no slashes.
  const [, , , deployment = ''] = topics.observation.split('/')
  return [mdns({ serviceTag: `_assize-${deployment}._udp.local` })]
}

function gossipOptions({ topics, isRegistered }: HostOptions): Parameters<typeof gossipsub>[0] {
  return {
    ...scoring({ topics, isRegistered }),
    globalSignaturePolicy: StrictNoSign,
    allowedTopics: Object.values(topics),
    msgIdFn: (message) => messageId(message.topic, message.data),
    fastMsgIdFn: (message) => bytesToHex(messageId(message.topic, message.data ?? new Uint8Array())),
    D: 8,
    Dlo: 6,
    Dhi: 12,
    floodPublish: true,
    mcacheLength: 130,
    mcacheGossip: 120,
    seenTTL: SEEN_TTL_MS,
    maxInboundDataLength: MAX_INBOUND_BYTES,
    // A message published to nobody would be remembered as seen and could never be published again.
    allowPublishToZeroTopicPeers: false,
    // Who is behind a NAT is reached through a relay.
    runOnLimitedConnection: true,
    fallbackToFloodsub: false,
    emitSelf: false,
  }
}
