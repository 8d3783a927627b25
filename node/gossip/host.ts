import { noise } from '@chainsafe/libp2p-noise'
import { gossipsub, type GossipSub, StrictNoSign } from '@libp2p/gossipsub'
import { identify, type Identify } from '@libp2p/identify'
import type { Libp2p, PeerId, PrivateKey } from '@libp2p/interface'
import { ping, type Ping } from '@libp2p/ping'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import { bytesToHex } from 'viem/utils'
import { createLibp2p } from 'libp2p'
import { messageId } from './message-id.ts'
import { scoring } from './score.ts'
import type { Topics } from './topics.ts'

/** A libp2p host: TCP, noise, yamux, gossipsub. */
export type Host = Libp2p<{ readonly pubsub: GossipSub; readonly identify: Identify; readonly ping: Ping }>

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
}

const SEEN_TTL_MS = 600_000
const MAX_INBOUND_BYTES = 524_288
const LOOPBACK = ['127.0.0.1', '::1']
/** Inbound connections per second of one address; libp2p's own limit is 5. */
const TEST_CONNECTIONS_PER_SECOND = 1_000
const TEST_PENDING_CONNECTIONS = 200

/** Makes the host, not yet started: validators and protocols are set first. */
export function createHost(options: HostOptions): Promise<Host> {
  const isWelcome = (peer: PeerId): boolean => !options.isQuarantined(peer.toString())
  return createLibp2p({
    start: false,
    privateKey: options.privateKey,
    addresses: { listen: [...options.listen] },
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    connectionManager: options.test
      ? {
          inboundConnectionThreshold: TEST_CONNECTIONS_PER_SECOND,
          maxIncomingPendingConnections: TEST_PENDING_CONNECTIONS,
        }
      : {},
    connectionGater: {
      // Private addresses are an operator's own business: dialling is by explicit address only.
      denyDialMultiaddr: () => false,
      denyDialPeer: (peer) => !isWelcome(peer),
      denyInboundEncryptedConnection: (peer) => !isWelcome(peer),
    },
    services: { identify: identify(), ping: ping(), pubsub: gossipsub(gossipOptions(options)) },
  })
}

function gossipOptions({ topics, isRegistered, test }: HostOptions): Parameters<typeof gossipsub>[0] {
  return {
    ...scoring({ topics, isRegistered, sharedAddresses: test ? LOOPBACK : [] }),
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
    fallbackToFloodsub: false,
    emitSelf: false,
  }
}
