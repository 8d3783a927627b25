import { generateKeyPair } from '@libp2p/crypto/keys'
import type { PrivateKey } from '@libp2p/interface'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import type { Hex } from 'viem'
import { bytesToHex } from 'viem/utils'
import { afterEach } from 'vitest'
import { systemClock } from '../../../node/clock.ts'
import { type Book, createBook } from '../../../node/cosign/book.ts'
import type { Evidence } from '../../../node/gossip/evidence.ts'
import { createHost, type Host } from '../../../node/gossip/host.ts'
import { topicsOf } from '../../../node/gossip/topics.ts'
import type { VerifiedObservation } from '../../../node/gossip/validate.ts'
import type { Log } from '../../../node/log.ts'
import type { SamplesSource } from '../../../node/sync/samples.ts'
import { createRoll, type Roll } from '../../../node/presence/roll.ts'
import { joinNetwork, type Network, type NetworkOptions } from '../../../node/node/network.ts'
import { VERIFICATION } from '../ground/verify/found.ts'
import { contextOf, FIXING_ID } from '../reporters.ts'
import { SILENT } from '../silent-log.ts'

const closing: (() => Promise<void>)[] = []

afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()))
})

export const DEPLOYMENT = { chainId: 31_337, oracle: '0x00000000000000000000000000000000000000cc' } as const
export const TOPICS = topicsOf(DEPLOYMENT)
const LISTEN = ['/ip4/127.0.0.1/tcp/0']

/** A node's part of the network over real libp2p and TCP on loopback, with a store in memory. */
export type Peer = {
  readonly network: Network
  readonly held: VerifiedObservation[]
  readonly proofs: Evidence[]
  readonly book: Book
  readonly roll: Roll
  /** First holds it itself, then publishes it. */
  say(observation: VerifiedObservation, wantedPeers?: number): void
  connect(other: { readonly address: string }): void
  readonly address: string
  stop(): Promise<void>
}

export type PeerOptions = {
  readonly held?: readonly VerifiedObservation[]
  readonly context?: Parameters<typeof contextOf>[0]
  /** Milliseconds of real time. */
  readonly syncEveryMs?: number
  readonly samples?: SamplesSource
  readonly privateKey?: PrivateKey
  /** Binary peer ids that reporters registered. */
  readonly registered?: ReadonlySet<Hex>
  /** What it counts what peers ask for by; real time if it is left out. */
  readonly monotonicMs?: () => number
  readonly log?: Log
  /** How the network is joined, where it matters. */
  readonly network?: Partial<NetworkOptions>
}

/** Starts a peer; it is stopped after the test. */
export async function openPeer(options: PeerOptions = {}): Promise<Peer> {
  const held = [...(options.held ?? [])]
  const proofs: Evidence[] = []
  const book = createBook()
  const roll = createRoll()
  const controller = new AbortController()
  const clock = systemClock()
  const network = await joinNetwork(
    {
      clock: { ...clock, monotonicMs: options.monotonicMs ?? (() => clock.monotonicMs()) },
      log: options.log ?? SILENT,
      signal: controller.signal,
      privateKey: options.privateKey ?? (await generateKeyPair('Ed25519')),
      verification: VERIFICATION,
      context: contextOf({ observations: (id) => (id === FIXING_ID ? held : []), book, roll, ...options.context }),
      store: {
        add: async (observation) => void held.push(observation),
        evidence: () => proofs,
        addEvidence: async (evidence) => void proofs.push(evidence),
        addTwiceSigned: ({ signed, reporterIndex }) => book.addTwiceSigned(signed.fixingId, reporterIndex),
        addRequest: (request) => book.addRequest(request),
        addPartial: (partial) => book.addPartial(partial),
        addPresence: (presence) => roll.add(presence),
      },
      openFixings: (): readonly Hex[] => [FIXING_ID],
      isRegistered: (peerId) => options.registered?.has(peerId) === true,
      registered: () => options.registered ?? [],
      onEvidence: () => undefined,
      samples: options.samples ?? (async () => undefined),
    },
    {
      deployment: DEPLOYMENT,
      listen: LISTEN,
      bootstrap: [],
      test: true,
      schedule: { afterMs: [], everyMs: options.syncEveryMs ?? 600_000 },
      ...options.network,
    },
  )
  const stop = async (): Promise<void> => {
    controller.abort()
    await network.stop()
  }
  closing.push(stop)
  return {
    network,
    held,
    proofs,
    book,
    roll,
    stop,
    address: network.multiaddrs[0] ?? '',
    say(observation, wantedPeers = 1) {
      held.push(observation)
      network.publish(observation, wantedPeers)
    },
    connect: ({ address }) => network.peers.add(address),
  }
}

/** A libp2p key, and its peer id as a reporter registers it. */
export async function networkIdentity(): Promise<{ readonly privateKey: PrivateKey; readonly peerId: Hex }> {
  const privateKey = await generateKeyPair('Ed25519')
  return { privateKey, peerId: bytesToHex(peerIdFromPrivateKey(privateKey).toMultihash().bytes) }
}

/** A libp2p host that keeps to no rule of ours: it publishes anything and judges nothing. */
export async function openHostile(): Promise<Host> {
  const host = await createHost({
    clock: systemClock(),
    privateKey: await generateKeyPair('Ed25519'),
    listen: LISTEN,
    topics: TOPICS,
    isRegistered: () => false,
    isQuarantined: () => false,
    test: true,
  })
  await host.start()
  host.services.pubsub.subscribe(TOPICS.observation)
  host.services.pubsub.subscribe(TOPICS.evidence)
  host.services.pubsub.subscribe(TOPICS.report)
  host.services.pubsub.subscribe(TOPICS.presence)
  closing.push(async () => {
    await host.stop()
  })
  return host
}
